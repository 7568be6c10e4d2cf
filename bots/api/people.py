"""What may be asked of a twin of people and personas: part of `bots.api.twin.Twin`."""

from collections.abc import Sequence
from typing import Protocol

from bots.api.exposed import exposed
from bots.api.views import AccountView, CircleView, Done, PairingView, PersonaView, PersonView


class TwinPeople(Protocol):
    """Who people are, and how the owner is with them. May raise as `Twin`."""

    @exposed
    async def people(self) -> tuple[PersonView, ...]:
        """The owner's people."""
        ...

    @exposed
    async def circles(self) -> tuple[CircleView, ...]:
        """The owner's circles."""
        ...

    @exposed
    async def remove_person(self, person: str) -> Done:
        """Know someone no more, in no circle either."""
        ...

    @exposed
    async def set_circle(self, name: str, people: Sequence[str]) -> Done:
        """These are in the circle, and nobody else; there is one of that name from now on."""
        ...

    @exposed
    async def remove_circle(self, name: str) -> Done:
        """No such circle any more: what only it could hear, nobody hears."""
        ...

    @exposed
    async def personas(self) -> tuple[PersonaView, ...]:
        """Every persona, with where it is bound; those whose file is broken with what is wrong with it."""
        ...

    @exposed
    async def persona(self, name: str) -> PersonaView:
        """One persona."""
        ...

    @exposed
    async def bind(self, persona: str, to: str = "default") -> Done:
        """Use a persona for a conversation id, `circle:NAME` or `default`."""
        ...

    @exposed
    async def pair(self, platform: str = "") -> PairingView:
        """A one-use code; a former one is void. The account that sends it to the bot is the owner's."""
        ...

    @exposed
    async def accounts(self) -> tuple[AccountView, ...]:
        """The owner's own, those paired first first."""
        ...

    @exposed
    async def unpair(self, account: str) -> Done:
        """An account may decide nothing any more."""
        ...

    @exposed
    async def link(self, account: str, person: str, name: str = "") -> Done:
        """An account is this person's; with `name`, someone new is added first."""
        ...

    @exposed
    async def unlink(self, account: str) -> Done:
        """An account is nobody's that the owner knows."""
        ...
