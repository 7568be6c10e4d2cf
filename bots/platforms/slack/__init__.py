"""Slack over Socket Mode: channels, threads, DMs, the assistant; as a bot or, where granted, as its owner."""
