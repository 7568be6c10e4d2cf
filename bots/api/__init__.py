"""What may be asked of a twin, and what it answers with."""
