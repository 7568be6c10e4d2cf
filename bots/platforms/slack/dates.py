"""A date as Slack shows it: its format, which may say anything, with the moment in place of each token. Pure.

https://docs.slack.dev/messaging/formatting-message-text: the fallback is for clients that cannot show it.
"""

import re
from datetime import UTC, datetime

DAY, TIME = "{0.day} {0:%B} {0.year}", "{0:%H:%M} UTC"
TOKENS = {
    **dict.fromkeys(("date", "date_num", "date_slash", "date_short", "date_long", "date_long_full"), DAY),
    **dict.fromkeys(("date_pretty", "date_short_pretty", "date_long_pretty", "day_divider_pretty"), DAY),
    "time": TIME,
    "time_secs": "{0:%H:%M:%S} UTC",
    "ago": f"{DAY} {TIME}",
}
"""What stands for each; people see it in their own time and language."""
TOKEN = re.compile("|".join(rf"\{{{name}\}}" for name in TOKENS))
TIMESTAMP = re.compile(r"\d{1,11}", re.ASCII)


def date_in_words(timestamp: str, template: str, link: str, fallback: str) -> str:
    """What people see, and where it leads. Where Slack may take it for no date, both that it says: which of
    them is seen, nobody knows."""
    at = datetime.fromtimestamp(int(timestamp), UTC) if TIMESTAMP.fullmatch(timestamp) else None
    said = " ".join(filter(None, (template.strip(), fallback.strip())))
    if at is not None and TOKEN.search(template) and not re.search(r"[{}]", TOKEN.sub("", template)):
        said = TOKEN.sub(lambda token: TOKENS[token[0][1:-1]].format(at), template)
    return f"{said} ({link})" if link else said
