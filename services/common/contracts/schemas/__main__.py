"""Write the schema of each topic anew."""

from __future__ import annotations

from services.common.contracts.schemas import CONTRACTS, schema_file, schema_text

for topic in CONTRACTS:
    schema_file(topic).write_text(schema_text(topic), encoding="utf-8")
