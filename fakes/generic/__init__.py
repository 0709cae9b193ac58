"""A vendor that nobody copied: its REST collections as a file declares them."""
