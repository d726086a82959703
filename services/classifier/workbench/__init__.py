"""Workbench: what shows how stories are read and how well, for whoever changes the rules; no service needs it."""
