"""Blocking: what makes a cue tell of no event; `steps/detect.py` asks it."""
