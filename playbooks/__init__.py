"""Judges and changes configuration: the level-2 baseline, backups, change transactions. Polls no metrics."""
