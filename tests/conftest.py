"""Fixtures that every test may use. Nothing here reaches the network."""
