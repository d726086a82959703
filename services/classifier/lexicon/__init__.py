"""Lexicons: the words of each language, as data, and what every script does with a name.

One folder per language with `cues.yml`, `grammar.yml`, `stages.yml`, `places.yml`, `fields.yml` and `examples.yml`;
docs/languages.md says what stands in them. `shared/` holds what is no language's own.
"""
