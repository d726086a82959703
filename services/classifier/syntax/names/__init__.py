"""How tracked names stand in a text: in rows, in quotes, behind a description, beside a marker."""
