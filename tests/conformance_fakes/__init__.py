"""One suite that every fake passes: its shape, its journal, faults, reset, clock, and bad input of every kind."""
