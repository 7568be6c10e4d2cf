"""All that the owner should mend, whoever found it."""

from bots.runtime.base.problems import Problems
from bots.runtime.digest.digests import DigestSchedule
from memory.profile.profile import Profile
from personas.library import PersonaLibrary


class OpenProblems:
    """Those of this moment, of the owner's files, and of digests."""

    def __init__(
        self, problems: Problems, profile: Profile, personas: PersonaLibrary, digests: DigestSchedule
    ) -> None:
        self._problems = problems
        self._profile = profile
        self._personas = personas
        self._digests = digests

    async def all(self) -> tuple[str, ...]:
        """Each once, in words."""
        found = dict.fromkeys(self._problems.all())
        found |= dict.fromkeys([self._profile.problem] if self._profile.problem else [])
        found |= dict.fromkeys(self._personas.problems())
        found |= dict.fromkeys(await self._digests.uncertain())
        return tuple(found)
