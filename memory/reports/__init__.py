"""Answers across all of memory: activity, overview, forgetting."""
