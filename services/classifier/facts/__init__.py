"""Facts: which sums, days and countries of a story are an event's; `steps/amounts.py`, `dates.py` and `places.py` ask."""
