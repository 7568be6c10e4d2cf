"""Scheduled digests: their words, their picture, their times."""
