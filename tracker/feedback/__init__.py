"""Feedback documents: Word files and pasted text become findings of an inspection, after a person has looked."""
