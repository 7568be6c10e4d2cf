"""Telegram by its Bot API: the bot's own DMs, groups, topics and channels, and Business chats."""
