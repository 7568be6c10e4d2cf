"""The owner lets people hear a record."""

from collections.abc import Sequence

from bots.runtime.approval.presenter import Presenter
from bots.runtime.base.changes import Changes
from core.audience import OWNER_PRINCIPAL, PUBLIC, circle, person
from core.errors import OwnerMustFix
from core.ids import in_profile
from core.types import DraftId, DraftStatus, PersonId, Principal, RecordId
from memory.archive.records import Records
from memory.outbox.outbox import Outbox
from memory.outbox.reasons import Reasons
from memory.profile.profile import Profile

ONCE = "once"


class Sharing:
    """With people, with circles, or once with a draft. Raises OwnerMustFix for what there is not."""

    def __init__(
        self,
        records: Records,
        profile: Profile,
        outbox: Outbox,
        reasons: Reasons,
        presenter: Presenter,
        changes: Changes,
    ) -> None:
        self._records = records
        self._profile = profile
        self._outbox = outbox
        self._reasons = reasons
        self._presenter = presenter
        self._changes = changes

    async def share(self, record: RecordId, with_: Sequence[str], draft: DraftId | None) -> str:
        """Let people hear a record; in words, who does now."""
        if not with_:
            raise OwnerMustFix("say with whom: a person, a circle, `public` or `once`")
        held = await self._presenter.record(record)
        if held is None:
            raise OwnerMustFix(f"there is no record {record[:120]!r}")
        principals = frozenset(self.principal(one) for one in with_ if one != ONCE)
        if ONCE in with_:
            target = await self._target(draft)
            await self._reasons.share_once(target, record)
            self._changes.publish("draft", None, target)
            if not principals:
                return f"{record} goes into the next redraft of draft {target}, and nowhere else"
        keeper = self._profile if in_profile(record) else self._records
        shared = await keeper.share(record, principals)
        return f"{record} may be heard by {', '.join(sorted(shared.audience))}"

    def principal(self, name: str) -> Principal:
        """A principal, or the one that a person's or a circle's name stands for. Raises OwnerMustFix."""
        sort, colon, rest = name.partition(":")
        people, circles = self._profile.people(), self._profile.circles()
        if name in (OWNER_PRINCIPAL, PUBLIC) or (colon and sort == "place" and rest):
            return Principal(name)
        if colon and sort == "person" and rest in people:
            return person(PersonId(rest))
        if colon and sort == "circle" and rest in circles:
            return circle(rest)
        wanted = name.casefold()
        meant: set[Principal] = {circle(one) for one in circles if one.casefold() == wanted}
        meant |= {
            person(one.id) for one in people.values() if wanted in (one.id.casefold(), one.name.casefold())
        }
        if len(meant) == 1:
            return meant.pop()
        if meant:
            raise OwnerMustFix(f"{name!r} is ambiguous: say {' or '.join(sorted(meant))}")
        known = ", ".join([*sorted(people), *sorted(circles)]) or "nobody yet"
        raise OwnerMustFix(f"nobody and no circle is called {name!r}; there are: {known}")

    async def _target(self, draft: DraftId | None) -> DraftId:
        if draft is not None:
            return (await self._outbox.get(draft)).id
        waiting = [one for one in await self._outbox.open() if one.status is DraftStatus.WAITING]
        if len(waiting) != 1:
            raise OwnerMustFix(f"{len(waiting)} drafts wait; say which one `once` is for, with --draft ID")
        return waiting[0].id
