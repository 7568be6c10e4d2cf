"""What recognises the question who is writing: its sentences, how it is learned, and how well it does."""
