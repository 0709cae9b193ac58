"""Programs for those who work on the project: the kill matrix and the soak; each runs the gate as a user would."""
