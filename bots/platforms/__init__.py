"""The platforms that the twin speaks on: each folder says everything about its own."""
