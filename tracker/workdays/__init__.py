"""Working days and make-up days."""
