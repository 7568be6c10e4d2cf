"""A file for each engine: how an empty folder becomes a home that it serves."""
