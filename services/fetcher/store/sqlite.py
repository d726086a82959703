"""The FeedStore in one SQLite file."""
