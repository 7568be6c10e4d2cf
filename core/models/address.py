"""Where a model server is: one reading of every way to write an address. Pure."""

import ipaddress
import re
import socket
import unicodedata
from dataclasses import dataclass

from core.errors import OwnerMustFix

DEFAULT_PORT = 11434
"""Ollama's, where an address names neither a port nor a scheme."""
SCHEME_PORTS = {"http": 80, "https": 443}

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*)://", re.IGNORECASE)
_AUTHORITY = re.compile(r"(?:\[([^\[\]]*)\]|([^:\[\]]*))(?::(\d{0,9}))?")
_NAME = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*")
_ENDS_IN_A_NUMBER = re.compile(r"(^|\.)(\d+|0x[0-9a-f]*)$")


@dataclass(frozen=True, slots=True)
class ModelAddress:
    """A model server. `host` is a lower-case ASCII name or an IP address in its one usual form."""

    scheme: str
    host: str
    port: int
    path: str
    is_this_machine: bool

    @property
    def url(self) -> str:
        """What a client connects to; it means the same to every client."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}{self.path}"


def model_address(written: str) -> ModelAddress:
    """The address that somebody wrote, as `http://gpu:11434`, `gpu` or `[::1]:9`; empty is this machine.

    An unspecified address (0.0.0.0, ::) is where a server listens, and to a client this machine. What can
    be read in two ways (a user's name, a query, letters beyond ASCII) is refused. Raises OwnerMustFix.
    """
    text = unicodedata.normalize("NFKC", written.strip())
    scheme, authority, path = _parts(text, written)
    host, port = _host_and_port(authority, written)
    if port is None:
        port = DEFAULT_PORT if scheme is None else SCHEME_PORTS[scheme]
    name, is_this_machine = _one_form(host, written)
    return ModelAddress(scheme or "http", name, port, path, is_this_machine)


def _parts(text: str, written: str) -> tuple[str | None, str, str]:
    """Scheme (None: none was written), authority and path."""
    if not text.isascii():
        raise _refused(written, "; write a name with other letters in its xn-- form")
    if re.search(r"[\s\\@?#%<>\"{}|^`\x00-\x1f\x7f]", text):
        raise _refused(written)
    start = _SCHEME.match(text)
    scheme = start[1].lower() if start else None
    if scheme is not None and scheme not in SCHEME_PORTS:
        raise _refused(written, ": it begins with http:// or https://")
    authority, _, path = text[start.end() if start else 0 :].partition("/")
    if "//" in f"/{path}":
        raise _refused(written)
    return scheme, authority, f"/{path.strip('/')}" if path.strip("/") else ""


def _host_and_port(authority: str, written: str) -> tuple[str, int | None]:
    if authority.count(":") > 1 and "[" not in authority:
        return authority, None  # an IPv6 address without its brackets has no port
    parts = _AUTHORITY.fullmatch(authority)
    if parts is None:
        raise _refused(written)
    bracketed, name, digits = parts.groups()
    if bracketed is not None and ":" not in bracketed:
        raise _refused(written)
    port = int(digits) if digits else None
    if port is not None and not 0 < port < 65536:
        raise _refused(written, ": its port is from 1 to 65535")
    return bracketed or name, port


def _one_form(host: str, written: str) -> tuple[str, bool]:
    """The host in its one form, and whether it is this machine."""
    name = host.removesuffix(".").lower()
    if not name:
        if host:
            raise _refused(written)
        return "127.0.0.1", True
    number = _ip_address(name, written)
    if number is not None:
        if number.is_unspecified:
            number = ipaddress.ip_address("127.0.0.1" if number.version == 4 else "::1")
        return str(number), number.is_loopback
    if not _NAME.fullmatch(name) or len(name) > 253:
        raise _refused(written)
    if name == "localhost" or name.endswith(".localhost"):
        return "localhost", True  # RFC 6761: such a name is never looked up elsewhere
    return name, False


def _ip_address(name: str, written: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """None for a name. Numbers are read as the system's resolver reads them: 127.1, 0x7f.1, 2130706433."""
    try:
        if ":" in name:
            number = ipaddress.IPv6Address(name)
            return number.ipv4_mapped or number
        if _ENDS_IN_A_NUMBER.search(name):
            return ipaddress.IPv4Address(socket.inet_aton(name))
    except (ValueError, OSError):
        raise _refused(written) from None
    return None


def _refused(written: str, why: str = "") -> OwnerMustFix:
    return OwnerMustFix(f"{written!r} is no address of a model server{why}")
