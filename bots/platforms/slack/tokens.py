"""What Slack asks for, and where its owner gets it."""

from bots.platforms.spec import Token

APPS = "https://api.slack.com/apps"
BOT = Token(
    "SLACK_BOT_TOKEN",
    f"at {APPS} open your app, OAuth & Permissions, copy the Bot User OAuth Token (xoxb-)",
)
APP = Token(
    "SLACK_APP_TOKEN",
    f"at {APPS} open your app, Basic Information, App-Level Tokens: one with the scope connections:write"
    " (xapp-)",
)
USER = Token(
    "SLACK_USER_TOKEN",
    f"at {APPS} open your app, OAuth & Permissions, copy the User OAuth Token (xoxp-) with the scope"
    " chat:write, or set none",
    required=False,
)
