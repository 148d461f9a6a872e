"""HTTP in front of the suite. Computes no indicator itself."""
