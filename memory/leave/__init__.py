"""What the owner allows: now, in advance, and how far in each conversation."""
