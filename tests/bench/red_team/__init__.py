"""Attempts on the twin's three promises: to send nothing unauthorised, to leak nothing, to be forged by none."""
