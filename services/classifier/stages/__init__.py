"""Stages: the words that say how far an event has come, and what speaks for each stage."""
