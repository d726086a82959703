"""What a closing or a ban comes to: an authority's order, or the end of a deal."""
