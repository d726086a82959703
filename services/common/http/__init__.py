"""HTTP for feeds and webhooks alike, with the address guard under it."""
