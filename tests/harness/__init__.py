"""Tests of the ground floor and of the roof."""
