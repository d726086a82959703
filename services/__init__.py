"""The three services of kabar and what they share."""
