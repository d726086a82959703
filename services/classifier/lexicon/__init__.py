"""Lexicons: the words of each language, as data."""
