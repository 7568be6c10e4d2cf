"""Fixtures that every test may use. Nothing here reaches the network."""

from hypothesis import settings

# No deadline: a busy machine is no counterexample.
settings.register_profile("understudy", deadline=None)
settings.load_profile("understudy")
