"""Carrier pigeons."""
