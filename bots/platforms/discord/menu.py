"""What Discord offers behind the slash, and on any message."""

from bots.api import commands

DRAFT = "Draft my reply"
"""The command on a message."""
MENU = {word: line[:1].upper() + line[1:] for word, line in commands.MENU.items()}
"""The slash commands, and what is said of each."""
