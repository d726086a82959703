"""Classifier: reads stories and publishes readings."""
