"""Tests of the flows, driven by a scripted answerer without any I/O."""
