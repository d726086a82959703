"""Rendering: one sentence, one body per channel."""
