"""Tests of the phone: what it sends, what it learns, what it writes down."""
