"""The kernel: the suite's words, settings, keeping and judging. It never talks to a device."""
