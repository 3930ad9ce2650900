"""The leaders' zero-clearance board."""
