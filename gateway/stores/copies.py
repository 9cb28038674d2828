"""What of a store can be carried to another one, part by part: the rows of `Store.dump` and `Store.load`.

No part holds a secret: logins, consumers and short-lived things are none of them.
"""

from __future__ import annotations

from typing import Literal

Row = tuple[str | int | bytes, ...]

SharedPart = Literal["statuses", "people", "kinds"]
OwnPart = Literal["media", "numbers", "narrow", "entries", "records", "states"]
Part = SharedPart | OwnPart

FIELDS: dict[Part, tuple[str, ...]] = {
    "statuses": ("id", "key", "native", "sort", "parent", "boosted", "booster"),
    "people": ("id", "native"),
    "kinds": ("key", "kind"),
    "media": ("id", "native"),
    "numbers": ("kind", "id", "native"),
    "narrow": ("space", "id", "wide"),
    "entries": ("name", "id", "key", "native", "row"),
    "records": ("kind", "key", "value"),
    "states": ("name", "field", "value"),
}
"""The columns of each part; `value` of a record is bytes, `id` and `wide` are integers, all others text."""

SHARED: tuple[SharedPart, ...] = ("statuses", "people", "kinds")
"""Parts of a backend, shared by its accounts."""
OWN: tuple[OwnPart, ...] = ("media", "numbers", "narrow", "entries", "records", "states")
"""Parts of an account. The state of an index comes after its entries: it says that they are all there."""

PAGE = 500
"""Rows read or written at a time."""
