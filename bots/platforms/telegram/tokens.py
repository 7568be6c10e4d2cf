"""What Telegram asks for, and where its owner gets it."""

from bots.platforms.spec import Token

API_BASE = "https://api.telegram.org"
TOKEN = Token(
    "TELEGRAM_TOKEN",
    "at https://t.me/BotFather send /token, choose the bot, and set TELEGRAM_TOKEN anew",
)
