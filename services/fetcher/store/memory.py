"""The FeedStore in memory."""
