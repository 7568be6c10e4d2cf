"""What a model is given to read, and what is kept of its answer."""
