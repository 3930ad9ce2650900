"""The ground every part stands on: settings, clock, database, rights, files, journal, web edge. Knows no issue."""
