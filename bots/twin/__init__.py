"""What may be asked of a twin, done: one file a subject."""
