"""Asks devices, and turns their answers into measurements. Knows no vendor by name in code."""
