"""The configuration directory: three YAML files, read with positions, reloaded by content."""
