"""Tests of the load, as a process of its own against a tiny pipeline."""
