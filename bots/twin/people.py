"""Who people are, and how the owner is with them."""

from dataclasses import replace

from bots.api.views import AccountView, CircleView, Done, PairingView, PersonaView, PersonView
from bots.platforms.registry import listed, platform_names, specs
from bots.runtime.approval.presenter import broken_persona, persona_view
from bots.runtime.conversation.composer import readable
from bots.twin.part import Part
from core.errors import OwnerMustFix
from core.ids import platform_of
from core.types import Person, PersonId
from memory.state.accounts import shown_code


class PeoplePart(Part):
    """Who people are, and how the owner is with them."""

    async def people(self) -> tuple[PersonView, ...]:
        """The owner's people."""
        circles = self._house.profile.circles()
        return tuple(
            PersonView(
                id=person.id,
                name=person.name,
                relation=person.relation,
                accounts=tuple(sorted(person.accounts)),
                circles=tuple(sorted(name for name, members in circles.items() if person.id in members)),
                is_bot=person.is_bot,
            )
            for person in self._house.profile.people().values()
        )

    async def circles(self) -> tuple[CircleView, ...]:
        """The owner's circles."""
        circles = self._house.profile.circles()
        return tuple(CircleView(name, tuple(sorted(members))) for name, members in sorted(circles.items()))

    async def personas(self) -> tuple[PersonaView, ...]:
        """Every persona, with where it is bound; those whose file is broken with what is wrong with it."""
        good, faults = self._house.personas.names(), self._house.personas.faults()
        shown = [replace(await self.persona(name), problem=faults.get(name, "")) for name in good]
        shown += [
            broken_persona(name, self._bound(name), faults[name]) for name in faults if name not in good
        ]
        return tuple(sorted(shown, key=lambda one: one.name))

    async def persona(self, name: str) -> PersonaView:
        """One persona."""
        return persona_view(self._house.personas.get(name), self._bound(name))

    async def bind(self, persona: str, to: str = "default") -> Done:
        """Use a persona for a conversation id, `circle:NAME` or `default`."""
        name = self._house.personas.get(persona).name
        if to == "default":
            await self._house.profile.bind(name, default=True)
        elif to.startswith("circle:"):
            circle = to.removeprefix("circle:")
            if circle not in self._house.profile.circles():
                known = ", ".join(sorted(self._house.profile.circles())) or "none yet"
                raise OwnerMustFix(f"there is no circle {readable(circle)[:80]!r}; there are: {known}")
            await self._house.profile.bind(name, circle=circle)
        else:
            where = await self._house.composer.conversation(to)
            await self._house.profile.bind(name, conversation=where.id)
        return self._set(f"{name} speaks in {to}" if to != "default" else f"{name} speaks by default")

    async def pair(self, platform: str = "") -> PairingView:
        """A one-use code; a former one is void. The account that sends it to the bot is the owner's."""
        if platform not in ("", *platform_names()):
            known = ", ".join(platform_names())
            raise OwnerMustFix(f"there is no platform {readable(platform)[:40]!r}: {known}")
        code, until = await self._house.accounts.new_code(platform)
        return PairingView(shown_code(code), platform, until)

    async def accounts(self) -> tuple[AccountView, ...]:
        """The owner's own, those paired first first."""
        names = self._house.accounts.names()
        return tuple(
            AccountView(
                account.account,
                account.platform,
                names[account.account].name if account.account in names else "",
                account.paired_at,
            )
            for account in self._house.accounts.owners()
        )

    async def unpair(self, account: str) -> Done:
        """An account may decide nothing any more."""
        if not await self._house.accounts.unpair(PersonId(account)):
            known = ", ".join(account.account for account in self._house.accounts.owners()) or "none yet"
            raise OwnerMustFix(f"{readable(account)[:80]!r} is not paired; there are: {known}")
        await self._house.card_sync.leave(platform_of(account))
        return self._set(f"{account} decides nothing any more")

    async def link(self, account: str, person: str, name: str = "") -> Done:
        """An account is this person's; with `name`, someone new is added first."""
        profile, who = self._house.profile, PersonId(person)
        if self._house.accounts.is_owner(PersonId(account)):
            raise OwnerMustFix(f"{account} is your own")
        if ":" not in account:
            raise OwnerMustFix(f"an account is written as {listed(tuple(one.account for one in specs()))}")
        if name and who not in profile.people():
            await profile.add_person(Person(who, readable(name)))
        await profile.link(PersonId(account), self._house.composer.person(person))
        return self._set(f"{account} is {person}")

    async def unlink(self, account: str) -> Done:
        """An account is nobody's that the owner knows."""
        await self._house.profile.unlink(PersonId(account))
        return self._set(f"{account} is nobody's you know")

    def _bound(self, name: str) -> tuple[str, ...]:
        bound = self._house.profile.bindings()
        where = [f"circle:{circle}" for circle, persona in bound.circles.items() if persona == name]
        where += [place for place, persona in bound.conversations.items() if persona == name]
        where += ["default"] if bound.default == name else []
        return tuple(where)
