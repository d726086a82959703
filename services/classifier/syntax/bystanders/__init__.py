"""Whom a sentence names without a part in its event."""
