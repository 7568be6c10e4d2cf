"""A reply on Slack, posted once, and what a refusal of it means."""

from slack_sdk.web.async_client import AsyncWebClient

from bots.platforms.slack.cards import post
from bots.platforms.slack.failures import NETWORK, USER, named, unmade
from bots.platforms.slack.messages import SlackShown
from bots.platforms.slack.payloads import METADATA
from core.errors import InAnotherName, OwnerMustFix, TryAgain

NOT_THERE = {"channel_not_found", "not_in_channel", "user_not_in_channel", "restricted_action"}
"""The owner is not in that conversation: only the twin can speak there, under its own name."""


async def posted(
    client: AsyncWebClient,
    token: str,
    channel: str,
    thread: str | None,
    shown: SlackShown,
    nonce: str,
) -> str:
    """Post once. Raises InAnotherName where the owner cannot, TryAgain and Refused where nothing was posted
    for certain, and anything else where it may have been."""
    try:
        answer = await post(
            client,
            shown,
            channel=channel,
            thread_ts=thread,
            metadata={"event_type": METADATA, "event_payload": {"nonce": nonce}},
            link_names=False,
            unfurl_links=False,
            unfurl_media=False,
        )
    except NETWORK as error:
        if token is USER and named(error) in NOT_THERE:
            raise InAnotherName("you are not in that conversation: only the twin can write there") from None
        failure = unmade(error, token)
        if isinstance(failure, OwnerMustFix):
            raise TryAgain(str(failure)) from None  # it stays approved until the owner has mended it
        if failure is not None:
            raise failure from None
        raise
    return str(answer.get("ts"))
