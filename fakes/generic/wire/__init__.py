"""Routes, formats and error bodies of a declared vendor. No rules."""
