"""Reports: the numbers of one period as a quality office files them, in several formats over one content."""
