"""Calibration: fits the weights that are added up on labelled stories."""
