"""The fake of vendors that a file declares."""
