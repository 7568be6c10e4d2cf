"""Where a model runs: whose machine reads what it is given."""

from dataclasses import dataclass
from enum import StrEnum


class ModelSite(StrEnum):
    """Whose machine it is. Anything that cannot be told is UNKNOWN."""

    UNKNOWN = "unknown"
    THIS_MACHINE = "this-machine"
    HOST = "host"
    """Another machine, by the address that the owner wrote."""
    CLOUD = "cloud"
    """A machine that the model's server hands what it is given on to."""


@dataclass(frozen=True, slots=True)
class RunsOn:
    """`host` is the address of a HOST, or of a CLOUD where the server names it; else empty."""

    site: ModelSite = ModelSite.UNKNOWN
    host: str = ""

    @property
    def words(self) -> str:
        """For a line to the owner, as `on this machine`."""
        match self.site:
            case ModelSite.THIS_MACHINE:
                return "on this machine"
            case ModelSite.HOST:
                return f"on another machine, {self.host}"
            case ModelSite.CLOUD:
                return f"in a cloud, {self.host}" if self.host else "in a cloud"
        return "where it runs is not known"


HERE = RunsOn(ModelSite.THIS_MACHINE)
NOT_KNOWN = RunsOn()
