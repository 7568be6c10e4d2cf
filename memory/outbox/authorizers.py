"""Who let a reply go, as a row holds it: `owner_via`, or `delegation`, or neither."""

from core.types import Authorizer, ByDelegation, ByOwner
from memory.storage.port import Row

NOBODY = "nobody"


def read_authorizer(row: Row) -> Authorizer | None:
    """Of a row of `drafts`, `authorizations` or `receipts`."""
    if row["delegation"] is not None:
        return ByDelegation(row["delegation"])
    return None if row["owner_via"] is None else ByOwner(row["owner_via"])


def columns(by: Authorizer | None) -> tuple[str | None, int | None]:
    """The values of `owner_via` and `delegation`."""
    match by:
        case ByOwner(via):
            return via, None
        case ByDelegation(delegation):
            return None, delegation
        case None:
            return None, None


def words(by: Authorizer | None) -> str:
    """As JSON and refusals name it: `owner via console`, `delegation 3`, `nobody`."""
    match by:
        case ByOwner(via):
            return f"owner via {via}"
        case ByDelegation(delegation):
            return f"delegation {delegation}"
        case None:
            return NOBODY
