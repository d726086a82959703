"""The alerter database: SQLite, one writer."""
