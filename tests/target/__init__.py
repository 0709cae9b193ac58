"""Tests of the target file: what it can say, and how mistakes in it are told."""
