"""One issue, everything about it."""
