"""Tracking: reports become events, purely."""
