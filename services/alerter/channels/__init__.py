"""Channels: the ways out."""
