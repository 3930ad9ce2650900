"""The rectification plan of an issue and its measures."""
