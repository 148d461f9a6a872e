"""Judges configuration: the level-2 baseline for hosts, devices and realms, and its report. Polls no metrics."""
