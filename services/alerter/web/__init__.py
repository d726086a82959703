"""The page and /api/v1.

In `services/alerter/wiring.py` an `Entrance` answers the port from the first moment. Once the lock is
held, `services/alerter/assembly.py` makes a `Web` of `AdminToken`, `Sources` and `AccessRules`, whose
`app` the entrance opens to, whose `live` runs as a task and is woken after every commit of changes.
"""
