"""The way onto each platform, step by step: which page, what to press, which mistakes are usual."""

from collections.abc import Mapping

TOKENS = """Put {0} into the environment of `understudy run`, or into your system's keyring:
     keyring set understudy {0}"""

TELEGRAM = f"""Telegram
  1. Open https://t.me/BotFather, send /newbot, choose a name. It answers with a token.
  2. {TOKENS.format("TELEGRAM_TOKEN")}
  3. Only for groups: in BotFather /setprivacy, your bot, Disable. With privacy on, the bot hears nothing in
     groups but commands and replies to itself. A group that it is in already must take it out and in again.
  4. Only to be answered for in your own chats (Telegram Business): in BotFather /mybots, your bot, Bot
     Settings, Business Mode, Turn on. Then in your app: Settings, Telegram Business, Chatbots, add the bot,
     choose the chats, and let it reply.
  5. understudy run, and in another terminal: understudy pair telegram
  6. Open your bot's chat, press Start (a bot cannot write first), and send it the code."""

DISCORD = f"""Discord
  1. Open https://discord.com/developers/applications, New Application; then Bot, Reset Token: it is shown
     once.
  2. {TOKENS.format("DISCORD_TOKEN")}
  3. On the same page, Privileged Gateway Intents: turn on Message Content Intent, or the twin is told that
     something was said, but not what. Server Members Intent lets it know who can read a channel; without,
     a channel's members count as anyone. Save Changes.
  4. Installation: tick User Install for the message command "Draft my reply"; tick Guild Install, scopes
     applications.commands and bot, permissions View Channels, Send Messages, Send Messages in Threads, Read
     Message History. Open the install link for yourself and for each of your servers.
  5. understudy run, and in another terminal: understudy pair discord
  6. Send the code to the bot in a direct message. If it cannot be written to, share a server with it, and
     allow direct messages in that server's Privacy Settings.
  It never speaks under your own name: Discord forbids programs that use a person's account."""

SLACK = f"""Slack
  1. Open https://api.slack.com/apps, Create New App, From a manifest, choose your workspace, and paste
     deploy/slack-manifest.yaml. Create, then Install to Workspace.
  2. OAuth & Permissions, Bot User OAuth Token (xoxb-).
     {TOKENS.format("SLACK_BOT_TOKEN")}
  3. Basic Information, App-Level Tokens, Generate: add the scope connections:write, or Socket Mode cannot
     connect (xapp-).
     {TOKENS.format("SLACK_APP_TOKEN")}
  4. Only to speak as yourself: OAuth & Permissions, User OAuth Token (xoxp-), scope chat:write.
     {TOKENS.format("SLACK_USER_TOKEN")}
  5. understudy run, and in another terminal: understudy pair slack
  6. Under Apps, open your app's Messages tab and send it the code. Invite it to channels with /invite.
  A scope that is added later asks for Reinstall to Workspace."""

GUIDES: Mapping[str, str] = {"telegram": TELEGRAM, "discord": DISCORD, "slack": SLACK}
"""By platform."""
