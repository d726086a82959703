"""Days: which days a story tells, and which of them are an event's; `steps/dates.py` asks."""
