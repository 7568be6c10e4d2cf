"""Accounts on the platforms: which are the owner's, and what the others call themselves."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.audience import Membership
from core.ids import platform_of
from core.ports import Clock
from core.types import AuthorKind, MemoryRecord, Person, PersonId
from memory.archive.audiences import Directory
from memory.storage.port import Connection, Database
from memory.storage.timestamps import from_text, to_text

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""What a code is made of: nothing that looks like something else."""
CODE_LENGTH = 8
CODE_LASTS = timedelta(minutes=15)
WRONG_TRIES = 10
"""After so many, by whomever, a code is void."""


@dataclass(frozen=True, slots=True)
class OwnerAccount:
    """One that the owner has proven to be theirs."""

    account: PersonId
    paired_at: datetime

    @property
    def platform(self) -> str:
        """The part of its id before the colon."""
        return platform_of(self.account)


class Accounts:
    """Kept in SQLite, and in memory for quick looks. Nothing is known before `load`."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock
        self._owner: dict[PersonId, OwnerAccount] = {}
        self._named: dict[PersonId, Person] = {}

    async def load(self) -> None:
        """Read what is kept."""
        accounts, named = await self._db.read(
            lambda c: (owner_accounts(c), c.execute("SELECT * FROM account_names").fetchall())
        )
        self._owner = {account.account: account for account in accounts}
        self._named.clear()  # in place: others look into it
        self._named |= {
            PersonId(row["account"]): Person(
                PersonId(row["account"]), row["name"], kind=AuthorKind(row["kind"])
            )
            for row in named
        }

    # The owner's own

    def is_owner(self, account: PersonId) -> bool:
        """Whether the owner has proven it."""
        return account in self._owner

    def owners(self, platform: str | None = None) -> tuple[OwnerAccount, ...]:
        """The owner's accounts, on one platform or on all, those paired first first."""
        return tuple(one for one in self._owner.values() if platform in (None, one.platform))

    async def new_code(self, platform: str = "") -> tuple[str, datetime]:
        """A one-use code, good until then, on that platform or on any; a former one is void."""
        code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
        salt, until = secrets.token_hex(16), self._clock.now() + CODE_LASTS

        def work(connection: Connection) -> None:
            connection.execute("DELETE FROM pairing_codes")
            connection.execute(
                "INSERT INTO pairing_codes (digest, salt, platform, expires_at) VALUES (?, ?, ?, ?)",
                (_digest(salt, code), salt, platform, to_text(until)),
            )

        await self._db.write("new pairing code", work)
        return code, until

    async def pair(self, account: PersonId, code: str) -> bool | None:
        """Prove an account with a code, which is void then. False: it does not match, or no longer; None:
        there is none to match."""
        now = self._clock.now()

        def work(connection: Connection) -> bool | None:
            connection.execute(
                "DELETE FROM pairing_codes WHERE expires_at <= ? OR wrong >= ?", (to_text(now), WRONG_TRIES)
            )
            row = connection.execute("SELECT * FROM pairing_codes").fetchone()
            if row is None or row["platform"] not in ("", platform_of(account)):
                return None
            if not hmac.compare_digest(row["digest"], _digest(row["salt"], code)):
                connection.execute("UPDATE pairing_codes SET wrong = wrong + 1")
                return False
            connection.execute("DELETE FROM pairing_codes")
            connection.execute(
                "INSERT INTO owner_accounts (account, paired_at) VALUES (?, ?)"
                " ON CONFLICT (account) DO UPDATE SET paired_at = excluded.paired_at",
                (account, to_text(now)),
            )
            return True

        paired = await self._db.write("pair", work)
        if paired:
            self._owner[account] = OwnerAccount(account, now)
        return paired

    async def unpair(self, account: PersonId) -> bool:
        """It may decide nothing any more. False where it never might."""
        removed = await self._db.write(
            "unpair",
            lambda c: c.execute("DELETE FROM owner_accounts WHERE account = ?", (account,)).rowcount > 0,
        )
        self._owner.pop(account, None)
        return removed

    # What others call themselves

    async def named(self, account: PersonId, name: str, kind: AuthorKind = AuthorKind.PERSON) -> None:
        """What an account calls itself now. Cheap where that is known."""
        person = Person(account, name, kind=kind)
        if not name or self._named.get(account) == person:
            return
        await self._db.write(
            "name account",
            lambda c: (
                c.execute(
                    "INSERT INTO account_names (account, name, kind) VALUES (?, ?, ?)"
                    " ON CONFLICT (account) DO UPDATE SET name = excluded.name, kind = excluded.kind",
                    (account, name, kind),
                )
                and None
            ),
        )
        self._named[account] = person

    def names(self) -> Mapping[PersonId, Person]:
        """Everyone who has said their name, by account."""
        return self._named


class WithAccounts:
    """Implements `memory.archive.audiences.Directory`: the
    owner's people, and the unlinked by their own names.

    For prompts and what is shown; never to tell whether somebody is known.
    """

    def __init__(self, directory: Directory, accounts: Accounts) -> None:
        self._directory = directory
        self._accounts = accounts

    @property
    def version(self) -> int:
        """As of the owner's people: names let nobody hear anything."""
        return self._directory.version

    def membership(self, channels: Mapping[str, frozenset[PersonId]]) -> Membership:
        """As in the owner's directory."""
        return self._directory.membership(channels)

    def people(self) -> Mapping[PersonId, Person]:
        """By id, or by account where that is all there is."""
        return {**self._accounts.names(), **self._directory.people()}

    def entries(self) -> "tuple[MemoryRecord, ...]":
        """As in the owner's directory."""
        return tuple(self._directory.entries())


def owner_accounts(connection: Connection) -> list[OwnerAccount]:
    """Those that the owner has proven, the first paired first."""
    rows = connection.execute("SELECT * FROM owner_accounts ORDER BY paired_at, account")
    return [OwnerAccount(PersonId(row["account"]), from_text(row["paired_at"])) for row in rows]


def normal_code(text: str) -> str | None:
    """What was typed as a code, in the form it was made in; None for what can be none. Pure."""
    code = text.replace("-", "").replace(" ", "").upper()
    fits = len(code) == CODE_LENGTH and all(one in ALPHABET for one in code)
    return code if fits else None


def shown_code(code: str) -> str:
    """A code as people read it: `ABCD-EFGH`. Pure."""
    return f"{code[:4]}-{code[4:]}"


def _digest(salt: str, code: str) -> str:
    return hashlib.sha256(f"{salt}:{code}".encode()).hexdigest()
