"""Objects that are kept as they were written, and move only by the steps that are named; declared, not programmed."""
