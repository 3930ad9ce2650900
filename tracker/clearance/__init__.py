"""Striking off (销号): apply with five standards, review level by level, cleared or returned."""
