"""What Slack offers behind the slash: one command, and the owner's words after it."""

from bots.api.commands import OFFERED

MENU = {"understudy": ", ".join(one.form for one in OFFERED)}
"""As deploy/slack-manifest.yaml declares it, with what is shown while it is typed."""
