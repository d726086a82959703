"""The FeedStore: validators, schedule, seen entries, host penalties."""
