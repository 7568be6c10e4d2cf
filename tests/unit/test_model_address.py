"""Every way to write an address has one reading, and it is known whether it is this machine."""

import ipaddress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.errors import OwnerMustFix
from core.models.address import ModelAddress, model_address

HERE = {
    "": "http://127.0.0.1:11434",
    "  ": "http://127.0.0.1:11434",
    ":9": "http://127.0.0.1:9",
    "http://": "http://127.0.0.1:80",
    "127.0.0.1": "http://127.0.0.1:11434",
    "127.0.0.1.": "http://127.0.0.1:11434",
    "127.0.0.1:9/": "http://127.0.0.1:9",
    "127.1": "http://127.0.0.1:11434",
    "127.0.0.53": "http://127.0.0.53:11434",
    "0177.0.0.1": "http://127.0.0.1:11434",
    "0x7f.1": "http://127.0.0.1:11434",
    "0X7F000001:9": "http://127.0.0.1:9",
    "2130706433": "http://127.0.0.1:11434",
    "１２７．０．０．１": "http://127.0.0.1:11434",
    "0.0.0.0": "http://127.0.0.1:11434",
    "http://0.0.0.0:9/api/": "http://127.0.0.1:9/api",
    "0": "http://127.0.0.1:11434",
    "0x0": "http://127.0.0.1:11434",
    "::": "http://[::1]:11434",
    "[::]": "http://[::1]:11434",
    "[::]:9": "http://[::1]:9",
    "[0:0:0:0:0:0:0:0]": "http://[::1]:11434",
    "::1": "http://[::1]:11434",
    "[::1]": "http://[::1]:11434",
    "http://[::1]:9": "http://[::1]:9",
    "[0000:0::0001]": "http://[::1]:11434",
    "[::ffff:127.0.0.1]:9": "http://127.0.0.1:9",
    "::ffff:7f00:1": "http://127.0.0.1:11434",
    "[::ffff:0.0.0.0]": "http://127.0.0.1:11434",
    "localhost": "http://localhost:11434",
    "localhost.": "http://localhost:11434",
    "LocalHost:9": "http://localhost:9",
    "ｌｏｃａｌｈｏｓｔ": "http://localhost:11434",
    "ollama.localhost": "http://localhost:11434",
    "https://localhost": "https://localhost:443",
    "HTTP://localhost": "http://localhost:80",
}
ELSEWHERE = {
    "gpu": "http://gpu:11434",
    "GPU.example.:9": "http://gpu.example:9",
    "https://ollama.example/v1/": "https://ollama.example:443/v1",
    "192.168.1.7": "http://192.168.1.7:11434",
    "3232235783": "http://192.168.1.7:11434",
    "8.8": "http://8.0.0.8:11434",
    "128.0.0.1": "http://128.0.0.1:11434",
    "[2001:db8::1]:9": "http://[2001:db8::1]:9",
    "fe80::1": "http://[fe80::1]:11434",
    "::127.0.0.1": "http://[::7f00:1]:11434",
    "[64:ff9b::7f00:1]": "http://[64:ff9b::7f00:1]:11434",
    "localhost.example": "http://localhost.example:11434",
    "notlocalhost": "http://notlocalhost:11434",
    "127.0.0.1.example": "http://127.0.0.1.example:11434",
    "127.0.0.1.nip.io": "http://127.0.0.1.nip.io:11434",
    "xn--lcalhost-54a": "http://xn--lcalhost-54a:11434",
    "my_gpu-2": "http://my_gpu-2:11434",
}
REFUSED = [
    *("user@127.0.0.1", "127.0.0.1@evil.example", "user@127.0.0.1@evil.example", "http://a:b@127.0.0.1"),
    *("evil.example#@127.0.0.1", "evil.example?@127.0.0.1", "127.0.0.1\\@evil.example", "http:\\\\127.0.0.1"),
    *(
        "127。0。0。1",
        "lοcalhost",
        "ⅼocalhost.é",
        "münchen.example",
        "127.0.0.1%2eevil.example",
        "[fe80::1%25lo]",
        "[::1%lo]",
    ),
    *("256.0.0.1", "127.0.0.0.1", "1.2.3.4.5", "0x7g.1", "4294967296", "gpu.1", "08.1"),
    *("[127.0.0.1]", "[::1", "::1]", "[::1]x", "x[::1]", "[::1]:x", "[]:9", "1::2::3"),
    *("gpu:x", "gpu:0", "gpu:65536", "gpu:-1", "gpu:+80", "gpu:8 0", "a b", "gpu\n.example", "gpu\x00"),
    *("ftp://gpu", "file:///etc/passwd", "javascript://x", "unix:///run/ollama", "http://http://x"),
    *(".", "..", "a..b", "-gpu", "gpu-", "*", "*.localhost", ".localhost", "x" * 254),
]


@pytest.mark.parametrize("written", HERE)
def test_this_machine_is_known_however_it_is_written(written: str) -> None:
    address = model_address(written)
    assert (address.url, address.is_this_machine) == (HERE[written], True)


@pytest.mark.parametrize("written", ELSEWHERE)
def test_another_machine_is_never_taken_for_this_one(written: str) -> None:
    address = model_address(written)
    assert (address.url, address.is_this_machine) == (ELSEWHERE[written], False)


@pytest.mark.parametrize("written", REFUSED)
def test_what_can_be_read_in_two_ways_is_refused(written: str) -> None:
    with pytest.raises(OwnerMustFix, match="no address of a model server"):
        model_address(written)


def read(written: str) -> ModelAddress | None:
    try:
        return model_address(written)
    except OwnerMustFix:
        return None


@given(st.one_of(st.text(max_size=40), st.text("0123456789abcdefxX.:[]@/%localhst", max_size=40)))
@example("[::ffff:127.0.0.1]:80")
def test_a_reading_is_read_again_as_itself(written: str) -> None:
    address = read(written)
    if address is not None:
        assert model_address(address.url) == address
        assert address.host.isascii()


@given(st.integers(0, 2**32 - 1), st.sampled_from(["{}", "0x{:x}", "0{:o}"]), st.integers(0, 3))
def test_a_number_is_this_machine_exactly_if_its_address_is(number: int, form: str, dots: int) -> None:
    octets = [number >> shift & 255 for shift in (24, 16, 8, 0)]
    last = number & (1 << 8 * (4 - dots)) - 1
    written = ".".join(form.format(part) for part in (*octets[:dots], last))
    meant = ipaddress.IPv4Address(number)
    address = model_address(written)
    assert address.is_this_machine == (meant.is_loopback or meant.is_unspecified)
    if not meant.is_unspecified:
        assert address.host == str(meant)


@given(st.integers(0, 2**128 - 1))
@example(1)
@example(0xFFFF_7F00_0001)
def test_an_ipv6_address_is_this_machine_exactly_if_it_is(number: int) -> None:
    meant = ipaddress.IPv6Address(number)
    inner = meant.ipv4_mapped or meant
    for written in (str(meant), f"[{meant.exploded}]:9"):
        assert model_address(written).is_this_machine == (inner.is_loopback or inner.is_unspecified)
