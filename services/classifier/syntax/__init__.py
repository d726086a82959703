"""Syntax: which part the names near a cue have in what their sentence tells; `docs/classifier.md` has its folders."""
