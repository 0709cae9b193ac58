"""Tests of the gate as its user meets it: real processes, the real command line, nothing in-process."""
