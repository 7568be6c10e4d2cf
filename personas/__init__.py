"""Who the twin is in each part of its owner's life."""
