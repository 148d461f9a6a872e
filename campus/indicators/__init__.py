"""Judging: states become tallies, tallies become indicators with grades."""
