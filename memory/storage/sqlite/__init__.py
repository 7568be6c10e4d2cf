"""SQLite: one file in the home. It serves every home that no other engine does."""
