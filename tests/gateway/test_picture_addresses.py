"""Signed addresses of pictures: what they carry, what opens them, and that nothing else does."""

from __future__ import annotations

import string
import subprocess
import sys
from base64 import urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.picture_addresses import PLAIN, SIGNATURE_BYTES, PictureAddresses, Wanted
from mappings.old_pictures import SIZES, Fit, Kind

URL = "https://files.mastodon.example/accounts/avatars/000/000/001/original/7a2b1c3d4e5f6a7b.webp"
SECRET = b"\7" * 32
LETTERS = string.ascii_letters + string.digits + "-_"


@pytest.fixture
def addresses() -> PictureAddresses:
    return PictureAddresses(SECRET)


def parts(address: str) -> tuple[str, str]:
    """Token and name."""
    _, token, name = address.rsplit("/", 2)
    return token, name


@pytest.mark.parametrize("kind", list(Kind))
def test_every_size_can_be_asked_for_in_every_way(addresses: PictureAddresses, kind: Kind) -> None:
    token = addresses.token(kind, URL)
    for size, fit in SIZES[kind].items():
        wanted = Wanted(URL, fit)
        assert addresses.wanted(token, f"{kind}_{size}.jpg" if size else f"{kind}.jpg") == wanted
        assert addresses.wanted(token, f"{kind}.png:{size}" if size else f"{kind}.png") == wanted
        assert addresses.wanted(token, f"{kind}.jpeg", size) == wanted
    assert addresses.wanted(token, f"{kind}_nosuch.jpg") is None
    assert addresses.wanted(token, f"{kind}.jpg:nosuch") is None
    assert addresses.wanted(token, f"{kind}.jpg", "9999x9999") is None


def test_clients_change_the_size_of_an_avatar_as_at_twitter(addresses: PictureAddresses) -> None:
    shown = addresses.at("http://gate.example").address(URL, Kind.AVATAR, "normal")
    assert shown.endswith("_normal.jpg")
    assert addresses.wanted(*parts(shown)) == Wanted(URL, Fit(48, 48, cut=True))
    for size in ("mini", "bigger", "reasonably_small", "200x200", "400x400"):
        assert addresses.wanted(*parts(shown.replace("_normal", f"_{size}"))) == Wanted(URL, SIZES[Kind.AVATAR][size])
    assert addresses.wanted(*parts(shown.replace("_normal", ""))) == Wanted(URL, SIZES[Kind.AVATAR][""])


def test_kinds_are_not_exchanged(addresses: PictureAddresses) -> None:
    assert addresses.wanted(addresses.token(Kind.AVATAR, URL), "m_orig.jpg") is None
    assert addresses.wanted(addresses.token(Kind.MEDIA, URL), "a_normal.jpg") is None


def test_any_other_letter_and_any_other_length_is_nothing(addresses: PictureAddresses) -> None:
    token = addresses.token(Kind.MEDIA, URL)
    for at in range(len(token)):
        for letter in (LETTERS[(LETTERS.index(token[at]) + step) % 64] for step in (1, 2, 4, 8, 16, 32)):
            assert addresses.wanted(token[:at] + letter + token[at + 1 :], "m.jpg") is None
    for other in (token[:-1], token + "A", token + "=", token + "==", "", "A", token[1:], token.lower()):
        assert addresses.wanted(other, "m.jpg") is None


def test_another_server_key_opens_nothing(addresses: PictureAddresses) -> None:
    assert addresses.wanted(PictureAddresses(b"\1" * 32).token(Kind.MEDIA, URL), "m.jpg") is None


def test_an_unsigned_address_is_nothing(addresses: PictureAddresses) -> None:
    for body in (URL.encode(), PLAIN + URL.encode(), bytes(SIGNATURE_BYTES) + PLAIN + URL.encode()):
        assert addresses.wanted(urlsafe_b64encode(body).decode().rstrip("="), "m.jpg") is None


@pytest.mark.parametrize(
    "name",
    ["", "m", "m.", "m.webp", "m.svg", "m..jpg", "x.jpg", "m_.jpg", "M.jpg", "m.jpg:", "m.JPG", "m.jpg\n", "é.jpg"],
)
def test_names_that_are_none(addresses: PictureAddresses, name: str) -> None:
    assert addresses.wanted(addresses.token(Kind.MEDIA, URL), name) is None


@pytest.mark.parametrize("token", ["é", "\0", "A" * 100_000, "../..", "%2e", "\ud800"])
def test_tokens_that_are_none(addresses: PictureAddresses, token: str) -> None:
    assert addresses.wanted(token, "m.jpg") is None


@given(st.text(max_size=300), st.sampled_from(list(Kind)))
def test_whatever_is_sealed_is_read_again(rest: str, kind: Kind) -> None:
    addresses, url = PictureAddresses(SECRET), f"https://x.example/{rest}".encode("utf-8", "ignore").decode()
    found = addresses.wanted(addresses.token(kind, f"https://x.example/{rest}"), f"{kind}.jpg")
    assert found is not None
    assert found.url == url


@pytest.mark.parametrize(
    "url",
    [
        URL,
        "https://files.example/cache/media_attachments/files/109/876/543/210/987/654/original/0123456789abcdef.jpeg",
        "https://pleroma.example/media/0e7bd3b7c2b4c0f2a8a7d4dcd0d4f7d0bd0a2c88b3b9b9aa9b1f6c6b3b9b4b5d.png",
        "https://social.example/fileserver/01F8MH1H7YV1Z7D2C8K2730QBF/attachment/original/01F8MH6NEM8D7527KZAECTC.jpg",
    ],
)
def test_addresses_are_short_enough_for_old_clients(addresses: PictureAddresses, url: str) -> None:
    shown = addresses.at("http://gateway.example.org:8091").address(url, Kind.MEDIA, "small")
    assert len(shown) < 200
    assert shown.isascii()


def test_every_process_makes_the_same_address(addresses: PictureAddresses) -> None:
    code = (
        "from gateway.picture_addresses import PictureAddresses; from mappings.old_pictures import Kind;"
        f"print(PictureAddresses({SECRET!r}).token(Kind.MEDIA, {URL!r}))"
    )
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert other.stdout.strip() == addresses.token(Kind.MEDIA, URL)
