"""What the owner decides about drafts, and the cards that they decide on."""
