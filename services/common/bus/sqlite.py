"""The bus in one SQLite file: for the all-in-one process."""
