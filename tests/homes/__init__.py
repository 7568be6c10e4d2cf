"""Homes that earlier releases made."""
