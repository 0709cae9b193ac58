"""The mobile app that ships, in a real browser before the shipped pipeline and the fakes."""
