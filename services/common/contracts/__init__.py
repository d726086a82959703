"""The nouns of kabar, as frozen dataclasses, and the only place that knows their wire format.

feed → story → reading (with reports) → event (with its changes) → alert → delivery.
Contracts only grow: a new field has a default, a changed meaning is a new topic version.
"""
