"""What a verb that says little gains from what stands beside it: "sells Arm", not "sells lamps"."""
