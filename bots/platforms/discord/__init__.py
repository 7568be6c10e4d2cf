"""Discord: a bot under its own name, in servers and DMs, and an app that its owner carries along.

Never a self-bot: Discord's terms forbid automating a person's own account, and ban it.
"""
