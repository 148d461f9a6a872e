"""Network devices: their configuration as a tree of lines."""
