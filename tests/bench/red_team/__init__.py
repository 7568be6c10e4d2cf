"""Attempts on what the twin promises: nothing is sent unauthorised, nothing leaks, nothing is forged."""
