"""Alerter: tracks events, decides who is told, delivers."""
