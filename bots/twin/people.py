"""Who people are, and how the owner is with them."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from bots.api.views import AccountView, CircleView, Done, PairingView, PersonaView, PersonView
from bots.platforms.registry import listed, platform_names, specs
from bots.runtime.approval.card_sync import CardSync
from bots.runtime.approval.presenter import broken_persona, persona_view
from bots.runtime.approval.sharing import ONCE
from bots.runtime.base.changes import Changes
from bots.runtime.conversation.composer import Composer, readable
from bots.twin.done import settings_changed
from core.audience import PUBLIC, circle, parts
from core.errors import OwnerMustFix
from core.ids import is_plain, platform_of
from core.lookalikes import likeness
from core.types import OWNER, TWIN, AuthorKind, Person, PersonId
from memory.outbox.delegations import Delegations
from memory.profile.profile import Profile
from memory.state.accounts import Accounts, shown_code
from personas.library import PersonaLibrary

DEFAULT = "default"
"""Where a persona speaks that is bound nowhere nearer."""
TAKEN = (OWNER, TWIN, PUBLIC, ONCE, DEFAULT)
"""Words that stand for somebody else wherever people and circles are named."""


class PeoplePart:
    """Who people are, and how the owner is with them. As in `bots.api.people.TwinPeople`."""

    def __init__(
        self,
        profile: Profile,
        personas: PersonaLibrary,
        composer: Composer,
        accounts: Accounts,
        delegations: Delegations,
        card_sync: CardSync,
        changes: Changes,
    ) -> None:
        self._profile = profile
        self._personas = personas
        self._composer = composer
        self._accounts = accounts
        self._delegations = delegations
        self._card_sync = card_sync
        self._changes = changes

    async def people(self) -> tuple[PersonView, ...]:
        circles = self._profile.circles()
        return tuple(
            PersonView(
                id=person.id,
                name=person.name,
                relation=person.relation,
                accounts=tuple(sorted(person.accounts)),
                circles=tuple(sorted(name for name, members in circles.items() if person.id in members)),
                is_bot=person.kind is AuthorKind.BOT,
                kind=person.kind.value,
            )
            for person in self._profile.people().values()
        )

    async def circles(self) -> tuple[CircleView, ...]:
        circles = self._profile.circles()
        return tuple(CircleView(name, tuple(sorted(members))) for name, members in sorted(circles.items()))

    async def remove_person(self, person: str) -> Done:
        known = self._composer.person(person)
        theirs = [one for one in await self._delegations.all(running=True) if one.person == known]
        for delegation in theirs:
            await self._delegations.revoke(delegation.id)
        await self._profile.remove_person(known)  # last: cut short before, the delegations are over
        said = f"{known} is nobody you know any more; what you shared with them ends, and nobody gets that id"
        if theirs:
            said += f"; what you delegated for them is revoked ({len(theirs)})"
        return settings_changed(self._changes, said)

    async def set_circle(self, name: str, people: Sequence[str]) -> Done:
        members = frozenset(map(self._composer.person, people))
        called = self._new_name(name, self._profile.circles())
        await self._profile.set_circle(called, members)
        return settings_changed(self._changes, f"in {called}: {', '.join(sorted(members)) or 'nobody'}")

    async def remove_circle(self, name: str) -> Done:
        await self._profile.remove_circle(self._circle(name))
        said = f"there is no circle {name} any more; what you shared with it ends, and none gets that name"
        return settings_changed(self._changes, said)

    async def personas(self) -> tuple[PersonaView, ...]:
        good, faults = self._personas.names(), self._personas.faults()
        shown = [replace(await self.persona(name), problem=faults.get(name, "")) for name in good]
        shown += [
            broken_persona(name, self._bound(name), faults[name]) for name in faults if name not in good
        ]
        return tuple(sorted(shown, key=lambda persona: persona.name))

    async def persona(self, name: str) -> PersonaView:
        return persona_view(self._personas.get(name), self._bound(name))

    async def bind(self, persona: str, to: str = DEFAULT) -> Done:
        name = self._personas.get(persona).name
        sort, wanted = parts(to)
        if to == DEFAULT:
            await self._profile.bind(name, default=True)
        elif sort == "circle":
            await self._profile.bind(name, circle=self._circle(wanted))
        else:
            where = await self._composer.conversation(to)
            await self._profile.bind(name, conversation=where.id)
        where_spoken = "by default" if to == DEFAULT else f"in {to}"
        return settings_changed(self._changes, f"{name} speaks {where_spoken}")

    async def pair(self, platform: str = "") -> PairingView:
        if platform not in ("", *platform_names()):
            known = ", ".join(platform_names())
            raise OwnerMustFix(f"there is no platform {readable(platform)[:40]!r}: {known}")
        code, until = await self._accounts.new_code(platform)
        return PairingView(shown_code(code), platform, until)

    async def accounts(self) -> tuple[AccountView, ...]:
        names = self._accounts.names()
        return tuple(
            AccountView(
                account.account,
                account.platform,
                names[account.account].name if account.account in names else "",
                account.paired_at,
            )
            for account in self._accounts.owners()
        )

    async def unpair(self, account: str) -> Done:
        if not await self._accounts.unpair(PersonId(account)):
            known = ", ".join(account.account for account in self._accounts.owners()) or "none yet"
            raise OwnerMustFix(f"{readable(account)[:80]!r} is not paired; there are: {known}")
        await self._card_sync.release(platform_of(account))
        return settings_changed(self._changes, f"{account} decides nothing any more")

    async def link(self, account: str, person: str, name: str = "") -> Done:
        profile, who = self._profile, PersonId(person)
        if self._accounts.is_owner(PersonId(account)):
            raise OwnerMustFix(f"{account} is your own")
        if ":" not in account:
            raise OwnerMustFix(f"an account is written as {listed(tuple(spec.account for spec in specs()))}")
        if name and who not in profile.people():
            who = PersonId(self._new_name(who, profile.people()))
            if who not in profile.people():
                await profile.add_person(Person(who, readable(name)))
        await profile.link(PersonId(account), self._composer.person(who))
        said = f"{account} is {who}"
        if name:
            said += "; any prompt may hold that name, so let it tell nothing else"
        return settings_changed(self._changes, said)

    async def unlink(self, account: str) -> Done:
        await self._profile.unlink(PersonId(account))
        return settings_changed(self._changes, f"{account} is nobody's you know")

    def _new_name(self, name: str, known: Collection[str]) -> str:
        """An id or a circle's name that means nothing else and looks like no other. Raises OwnerMustFix."""
        said = " ".join(readable(name).split())
        if likeness(said) in map(likeness, TAKEN) or not is_plain(said):
            raise OwnerMustFix(f"{said[:80]!r} means something else here: choose another name")
        alike = next((other for other in known if other != said and likeness(other) == likeness(said)), None)
        if alike is not None:
            raise OwnerMustFix(f"{said[:80]!r} looks like {alike!r}: choose another name")
        return said

    def _circle(self, name: str) -> str:
        circles = self._profile.circles()
        if name not in circles:
            known = ", ".join(sorted(circles)) or "none yet"
            raise OwnerMustFix(f"there is no circle {readable(name)[:80]!r}; there are: {known}")
        return name

    def _bound(self, name: str) -> tuple[str, ...]:
        bound = self._profile.bindings()
        where: list[str] = [
            circle(bound_circle) for bound_circle, persona in bound.circles.items() if persona == name
        ]
        where += [place for place, persona in bound.conversations.items() if persona == name]
        where += [DEFAULT] if bound.default == name else []
        return tuple(where)
