"""Weights: from which weight of its cues on a sentence tells an event, and what is vague below it."""

ENOUGH = 2.0
"""What the cues of a sentence must weigh for their type: one clear cue, or two vague ones."""

VAGUE = 1.5
"""What a cue weighs at least that gains: a verb for a price or a stranger behind it, a noun for a name right behind
it, "a compra da Avon", not "a compra"."""
