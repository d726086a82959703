"""Taken out: words beside an event that are no part of it, and so go before its cues are weighed."""
