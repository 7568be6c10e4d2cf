"""The Bolt app: which envelope goes where, and what is acknowledged when.

Bolt answers 404 to what no listener matches, acknowledges nothing in Socket Mode, and Slack sends it again
and again. Here everything is acknowledged but what was to be kept and could not be.
"""

import asyncio
import json
import logging
import re
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.async_app import AsyncAck, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bots.platforms.answers import code, fields
from bots.platforms.slack.client import quiet
from bots.platforms.slack.events import Event, SlackTwin
from bots.platforms.slack.interactions import Interactions
from bots.platforms.slack.parse import READERS, SlackMalformed, parse
from bots.platforms.slack.socket import FINISH_S, Handled
from bots.runtime.base.timing import cancel_and_wait

log = logging.getLogger(__name__)

ANY = re.compile("")
NOT_KEPT = 503


class NotCommitted(Exception):
    """What an envelope says was not committed: it is not acknowledged. Caught by Bolt's error handler."""


class SlackEvents:
    """Deals with envelopes. `hear` hands an event over and returns once it is committed; `twin` says who the
    twin is by now."""

    def __init__(
        self,
        client: AsyncWebClient,
        twin: Callable[[], SlackTwin],
        hear: Callable[[Event], Awaitable[None]],
        interactions: Interactions,
    ) -> None:
        self._twin = twin
        self._hear = hear
        self._interactions = interactions
        self._doing: set[asyncio.Task[None]] = set()
        self._app = AsyncApp(
            name="understudy",
            logger=quiet(),
            client=client,
            authorize=_as(twin),
            # The answer to an event is its acknowledgement: it waits until the event is dealt with.
            process_before_response=True,
            request_verification_enabled=False,
            ignoring_self_events_enabled=False,
            ssl_check_enabled=False,
            url_verification_enabled=False,
            attaching_function_token_enabled=False,
            attaching_conversation_kwargs_enabled=False,
        )
        for kind in READERS:
            self._app.event(kind)(self._event)
        self._app.action(re.compile(r"^us:"))(self._clicked)
        self._app.view(re.compile(r"^us:"))(self._submitted)
        self._app.command(ANY)(self._commanded)
        self._app.error(_failed)

    async def handle(self, kind: str, payload: Any) -> Handled:
        """One envelope. Never raises: garbage is logged by its fields and acknowledged."""
        if not isinstance(payload, dict):
            log.warning("slack: skipped an envelope (%s) without a payload", code(kind))
            return Handled()
        try:
            response = await self._app.async_dispatch(AsyncBoltRequest(mode="socket_mode", body=payload))
        except Exception as error:
            # Supervision: Bolt itself fails on some garbage. Its text may hold the message.
            log.warning(
                "slack: skipped an envelope (%s) with %s",
                type(error).__name__,
                fields(payload),
            )
            return Handled()
        if response.status == NOT_KEPT:
            return Handled(acknowledge=False)
        return Handled(answer=_json(response.body) if response.status == 200 else None)

    async def close(self) -> None:
        """Let what was acknowledged be done, then cancel it."""
        if self._doing:
            await asyncio.wait(self._doing, timeout=FINISH_S)
        await cancel_and_wait(*self._doing)

    async def _event(self, body: dict[str, Any]) -> None:
        try:
            event = parse(body, self._twin())
        except (SlackMalformed, RecursionError) as error:
            why = str(error) if isinstance(error, SlackMalformed) else type(error).__name__
            log.warning("slack: skipped an event (%s)", why)
            return
        if event is None:
            return
        try:
            await self._hear(event)
        except Exception as error:
            # Whatever it is, the event is not committed: Slack is to send it again.
            log.warning("slack: an event was not kept (%s)", type(error).__name__)
            raise NotCommitted from None

    async def _clicked(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        self._do(self._interactions.clicked(body))

    async def _submitted(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        lacking = self._interactions.lacking(body)
        if lacking:
            await ack(response_action="errors", errors=lacking)
            return
        await ack()
        self._do(self._interactions.submitted(body))

    async def _commanded(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        self._do(self._interactions.commanded(body))

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(_supervised(work))
        self._doing.add(task)
        task.add_done_callback(self._doing.discard)


def _as(twin: Callable[[], SlackTwin]) -> Callable[[], Awaitable[AuthorizeResult]]:
    # Bolt cannot call a method here.
    async def authorize() -> AuthorizeResult:
        known = twin()
        return AuthorizeResult(
            enterprise_id=None, team_id=known.team, bot_user_id=known.user, bot_id=known.bot or None
        )

    return authorize


async def _supervised(work: Coroutine[Any, Any, None]) -> None:
    try:
        await work
    except Exception as error:
        # Supervision: one click may not end the connection. Its text stays out of the log.
        log.error("slack: an interaction failed (%s)", type(error).__name__)


async def _failed(error: Exception) -> BoltResponse:
    if isinstance(error, NotCommitted):
        return BoltResponse(status=NOT_KEPT)
    log.warning("slack: skipped an envelope (%s)", type(error).__name__)
    return BoltResponse(status=200)


def _json(body: str) -> Mapping[str, Any] | None:
    found = json.loads(body) if body.startswith("{") else None
    return found if isinstance(found, dict) else None
