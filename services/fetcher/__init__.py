"""Fetcher: polls feeds and publishes stories."""
