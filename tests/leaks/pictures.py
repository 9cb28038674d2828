"""The addresses of pictures, tried by people who were not given them."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from tests.leaks.matrix import NO_PHOTO, Leak, Reader, Reply, Secret
from tests.leaks.secrets import Village

SCALES = range(7)
GUESSES = ("", "?sig=", "?sig=AAAAAAAAAAAAAAAAAAAAAAAA")


async def signed(village: Village) -> dict[str, str]:
    """Where the author looks at each photo, by id: path and signature."""
    rows = await village.done("friendica/photos/list", {})
    parts = {row["id"]: urlsplit(row["thumb"]) for row in rows}
    return {id: f"{one.path}?{one.query}" if one.query else one.path for id, one in parts.items()}


async def pictures(ask: Reader, village: Village, secrets: Iterable[Secret], users: Iterable[str]) -> list[Leak]:
    """Who gets a private picture without its signature, with that of another, or with a guessed one."""
    addresses, found = await signed(village), []
    for secret in secrets:
        for photo in secret.photos:
            if "?" not in addresses[photo]:
                continue  # everybody may see it
            others = [f"?{one.partition('?')[2]}" for id, one in addresses.items() if id != photo and "?" in one]
            for user in users:
                for scale in SCALES:
                    for tail in (*GUESSES, *others):
                        path = f"/photo/{photo}-{scale}.png{tail}"
                        told = await ask("GET", path, user, {})
                        if told != await _nothing(ask, user, scale, tail):
                            found.append(Leak(secret.name, user, path, str(told.status)))
    return found


async def _nothing(ask: Reader, user: str, scale: int, tail: str) -> Reply:
    return await ask("GET", f"/photo/{NO_PHOTO}-{scale}.png{tail}", user, {})
