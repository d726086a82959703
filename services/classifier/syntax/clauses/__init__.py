"""What the parts of a sentence tell, and which of its names and verbs stand in which part."""
