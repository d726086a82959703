"""What the sentences of a story say of each other's events."""
