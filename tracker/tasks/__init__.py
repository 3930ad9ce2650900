"""Anything asked of a unit or a person with an answer due: instructions, decisions of meetings, self-checks."""
