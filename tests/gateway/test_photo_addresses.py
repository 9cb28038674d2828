"""Addresses of photos, and the signatures of private ones."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from gateway.photo_addresses import SIGNATURE, PhotoAddresses, asked
from mappings.photos import Photo, Rights, place

ID = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"
OPEN = Photo(id=ID, mime="image/jpeg", url="https://fedi.test/a.jpg")
CLOSED = replace(OPEN, rights=Rights(allow_cid="<3>"))
LIMITED = replace(OPEN, limited=True)
ADDRESSES = PhotoAddresses(b"secret")


def signature(photo: Photo, account: str = "a1", addresses: PhotoAddresses = ADDRESSES) -> str:
    return addresses.of("https://gw.test", account, photo, 2).partition(f"?{SIGNATURE}=")[2]


def test_a_public_photo_has_a_plain_address() -> None:
    assert ADDRESSES.of("https://gw.test", "a1", OPEN, 0) == f"https://gw.test/photo/{ID}-0.jpg"


@pytest.mark.parametrize(
    ("mime", "whole", "small"),
    [
        ("image/jpeg", "jpg", "jpg"),
        ("image/png", "png", "png"),
        ("image/gif", "gif", "png"),
        ("image/webp", "webp", "jpg"),
        ("image/heic", "jpg", "jpg"),
        ("", "jpg", "jpg"),
    ],
)
def test_the_extension_says_what_comes(mime: str, whole: str, small: str) -> None:
    photo = replace(OPEN, mime=mime)
    endings = [ADDRESSES.of("", "a1", photo, scale).rpartition(".")[2] for scale in (0, 2)]
    assert endings == [whole, small]


@pytest.mark.parametrize("photo", [CLOSED, LIMITED])
def test_the_signature_of_a_private_photo_opens_all_its_scales_and_nothing_else(photo: Photo) -> None:
    given = signature(photo)
    assert len(given) == 24
    assert given == ADDRESSES.of("https://elsewhere.test", "a1", photo, 6).partition("=")[2]
    assert ADDRESSES.opens(given, ID, place(photo, "a1"))
    assert not ADDRESSES.opens(given, "f" * 32, place(photo, "a1"))
    assert not ADDRESSES.opens(given, ID, place(photo, "a2"))


@pytest.mark.parametrize(
    "rights",
    [
        Rights(allow_cid="<3><4>"),
        Rights(allow_gid="<3>"),
        Rights(deny_cid="<3>"),
        Rights(allow_cid="<3>", deny_gid="<1>"),
        Rights(),
    ],
)
def test_other_rights_make_addresses_handed_out_before_worthless(rights: Rights) -> None:
    now = place(replace(CLOSED, rights=rights), "a1")
    assert not ADDRESSES.opens(signature(CLOSED), ID, now)


ELSEWHERE = signature(CLOSED, addresses=PhotoAddresses(b"other"))


@pytest.mark.parametrize("forged", ["", "x", "A" * 24, "\ud800", "ä" * 24, ELSEWHERE])
def test_forged_signatures_open_nothing(forged: str) -> None:
    assert not ADDRESSES.opens(forged, ID, place(CLOSED, "a1"))


def test_every_change_of_a_signature_is_noticed() -> None:
    given = signature(CLOSED)
    for number, letter in enumerate(given):
        other = "A" if letter != "A" else "B"
        assert not ADDRESSES.opens(given[:number] + other + given[number + 1 :], ID, place(CLOSED, "a1"))


@pytest.mark.parametrize(
    ("name", "scale"),
    [(f"{ID}-2.jpg", 2), (f"{ID}-0.png", 0), (f"{ID}-6", 6), (f"{ID}.jpg", 0), (ID, 0), (f"{ID}-4.webp", 4)],
)
def test_names_that_are_photos(name: str, scale: int) -> None:
    assert asked(name) == (ID, scale)


@pytest.mark.parametrize(
    "name",
    ["", "x", f"{ID}-7.jpg", f"{ID}-.jpg", f"{ID}-10.jpg", f"{ID}-2.jpg.php", ID[1:], ID + "0", ID.upper(), f"{ID}\n",
     f"{ID}-2.jpg/", f"{ID}-²", f"../{ID}-2.jpg"],
)  # fmt: skip
def test_names_that_are_none(name: str) -> None:
    assert asked(name) is None
