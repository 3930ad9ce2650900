"""What is told to whom: one row for each occasion, person and channel; the inbox."""
