"""What the three services share: contracts, bus, HTTP, configuration, telemetry."""
