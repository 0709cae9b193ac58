"""Tests of what all fakes share."""
