"""Who has which role around one cue."""
