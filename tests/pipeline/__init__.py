"""Tests of the pipeline that ships, against a real PostgreSQL and small stand-ins for the vendors."""
