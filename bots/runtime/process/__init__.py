"""What runs by itself in a twin, from its first step to its last."""
