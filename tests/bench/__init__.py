"""Measurements that the speed claims rest on; ``make bench``."""
