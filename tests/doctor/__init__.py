"""The doctor: every finding has a planted violation."""
