"""Syntax: which part the names near a cue have in what their sentence tells; `steps/roles.py` asks it first."""
