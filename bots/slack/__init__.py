"""Slack over Socket Mode: channels, threads and DMs, the assistant, and the owner's own voice where granted."""
