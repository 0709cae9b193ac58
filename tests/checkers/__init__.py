"""The checkers, one behaviour at a time, over histories written by hand."""
