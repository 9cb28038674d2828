"""What a handler returns: hub objects and small trees, never bytes. `gateway.render` renders them."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

from mappings import hub
from mappings.trees import Cursors


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """Base of all."""


class Statuses(Reply, frozen=True, kw_only=True):
    """A list of statuses, in the order given. `title` heads the feed forms."""

    entries: tuple[hub.Entry, ...]
    title: str = "Timeline"


class OneStatus(Reply, frozen=True, kw_only=True):
    """One status; `activities` are the people behind it, `own_boost` the id of the reader's boost of it, where they
    were asked for."""

    entry: hub.Entry
    activities: hub.Activities | None = None
    own_boost: int = 0


class Users(Reply, frozen=True, kw_only=True):
    """A list of users. `full`: with uid and self. `cursors`: wrap in the Twitter envelope."""

    accounts: tuple[hub.Account, ...]
    full: bool = False
    cursors: Cursors | None = None


class OneUser(Reply, frozen=True, kw_only=True):
    """One user, with the last status where there is one and the reader's exact relationship where it was asked for.
    `verified`: the key is sent (verify_credentials leaves it out)."""

    account: hub.Account
    status: hub.Entry | None = None
    relationship: hub.Relationship | None = None
    verified: bool = True


class Ids(Reply, frozen=True, kw_only=True):
    """User ids by native account id. `cursors` as in Users."""

    natives: tuple[str, ...]
    stringify: bool = False
    cursors: Cursors | None = None


class User(NamedTuple):
    """A leaf of a tree: a user object. `full`: with uid and self."""

    account: hub.Account
    full: bool = False


class Post(NamedTuple):
    """A leaf of a tree: a status object."""

    entry: hub.Entry


class Tree(Reply, frozen=True, kw_only=True):
    """A document of dict, list, scalars and the leaves above: `json` is what JSON shows; `xml` differs where the wire
    says so (None: the same). `root` replaces the XML root of the call's row."""

    json: Any
    xml: Any = None
    root: str = ""


class Form(Reply, frozen=True, kw_only=True):
    """Form-encoded text, the pairs in this order."""

    pairs: tuple[tuple[str, str], ...]


class Empty(Reply, frozen=True, kw_only=True):
    """200 with no body."""
