"""The whole application, as its owner and their contacts meet it."""
