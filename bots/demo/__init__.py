"""The demo: a fictional owner with a life, some of it secret."""
