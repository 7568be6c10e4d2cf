"""What the twin knows and what it has said."""
