"""Beside: what else tells of the events that a message tells of, as a part of statements."""

from __future__ import annotations

ALERTS_OF_ITS_EVENTS = """delivery_alerts AS its
    JOIN alerts AS its_alert ON its_alert.alert_id = its.alert_id
    JOIN alerts AS their_alert ON their_alert.event_id = its_alert.event_id
    JOIN delivery_alerts AS theirs ON theirs.alert_id = their_alert.alert_id"""
"""What messages carry, as `theirs`, of the events that the message of `its.delivery_id` tells of; its own too."""

OF_ITS_EVENTS = f"""{ALERTS_OF_ITS_EVENTS}
    JOIN deliveries AS other ON other.delivery_id = theirs.delivery_id"""
"""These messages as `other`; itself too."""

FOR_ITS_PEOPLE = "their_alert.subscription_id = its_alert.subscription_id"
"""Condition: it tells somebody of the event whom that message tells of it."""
