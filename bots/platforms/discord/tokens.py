"""What Discord asks for, and where its owner gets it."""

from bots.platforms.spec import Token

PORTAL = "https://discord.com/developers/applications"
TOKEN = Token(
    "DISCORD_TOKEN",
    f"at {PORTAL} open your application, Bot, press Reset Token, and set DISCORD_TOKEN anew",
)
