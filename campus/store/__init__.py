"""Keeping: state intervals, gauges, tallies, records. SQLite is the default."""
