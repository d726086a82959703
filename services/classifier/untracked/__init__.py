"""Untracked: whom a story names and nobody tracks, so that they take their own part from nobody tracked."""
