"""Believable made-up data: Shaoyang 2019, told relative to today."""
