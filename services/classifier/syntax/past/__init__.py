"""What is told of what was before, and so is no news."""
