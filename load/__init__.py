"""Locust in its own process, playing the same flows; nobody imports this package, it is started."""
