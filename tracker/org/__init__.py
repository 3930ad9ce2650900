"""Regions and units: the tree of places, the organisations seated in them, "all below this one"."""
