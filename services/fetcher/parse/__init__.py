"""Feed documents to entries: pure, no network."""
