"""What leaves: approved replies, and words to the owner."""
