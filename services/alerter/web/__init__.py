"""The page and /api/v1."""
