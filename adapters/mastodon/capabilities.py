"""What differs between servers, as rows of data (reference/backend-facts.md).

A server is known by its nodeinfo `software.name`, never by its version text. What an instance says about its limits
is filled in by `detect`.
"""

from __future__ import annotations

import re

import msgspec

from adapters.backend import Capabilities
from adapters.errors import BackendError, Refused, TokenGone
from mappings.hub import Order
from mappings.order import IdForm

ORDERS = {IdForm.COUNTER: Order.ORDERED, IdForm.SNAC: Order.UNORDERED}


class Software(msgspec.Struct, frozen=True, kw_only=True):
    """One row. What is not named behaves like Mastodon."""

    name: str
    label: str
    form: IdForm
    ordered: bool = True
    """Ids of the form can be relied on to grow."""
    ids: re.Pattern[str] = re.compile(r"[^\s/?#]{1,200}")
    """What a native id looks like; anything else is Missing without a call (Takahe answers 500)."""
    errors: dict[tuple[str, int], type[BackendError]] = {}
    per_token: bool = False
    """Limits are counted per account."""
    keep: bool = True
    """Connections may be kept."""
    connections: int = 32
    """At once. Few for small servers; large ones are meant to serve many."""
    instance_v2: bool = True
    """GET v2/instance answers."""
    filters_on_accounts: bool = True
    """Account statuses honour `exclude_replies`."""
    plain_type: str = ""
    """`content_type` to send with plain text, where an account's own setting might change how it is read."""
    html_type: str = ""
    """`content_type` for HTML, where HTML is taken."""
    local_acct_bare: bool = True
    """`acct` of the instance's own people comes without host, and mentions are whole."""
    wrapper_by_case: bool = False
    """A boost has the id of its original with the letters in upper case."""
    statuses_by_id: tuple[int, ...] = ()
    """Since this version GET v1/statuses?id[]= answers; empty: never."""
    favourites_list: bool = True
    lists: bool = True
    list_addressing: bool = False
    conversations: bool = True
    markers: bool = True
    reactions: bool = False
    quotes: bool = False
    idempotency: bool = False

    def capabilities(self, version: str, max_chars: int, max_media: int) -> Capabilities:
        """What the gateway may know of an instance with these limits."""
        return Capabilities(
            software=self.name,
            version=version,
            label=self.label,
            order=ORDERS.get(self.form, Order.TIMED) if self.ordered else Order.UNORDERED,
            max_chars=max_chars,
            max_media=max_media,
            idempotency=self.idempotency,
            statuses_by_id=bool(self.statuses_by_id) and numbers(version) >= self.statuses_by_id,
            favourites_list=self.favourites_list,
            lists=self.lists,
            list_addressing=self.list_addressing,
            conversations=self.conversations,
            markers=self.markers,
            reactions=self.reactions,
            quotes=self.quotes,
            connections=self.connections,
        )


def numbers(version: str) -> tuple[int, ...]:
    """(4, 7, 3) of "4.7.3+glitch"; empty when it does not start with a number."""
    found = re.match(r"\d+(?:\.\d+)*", version)
    return tuple(int(part) for part in found[0].split(".")) if found else ()


DIGITS = re.compile(r"[0-9]{1,20}")
MASTODON = Software(
    name="mastodon",
    label="Mastodon",
    form=IdForm.SNOWFLAKE,
    ids=DIGITS,
    per_token=True,
    connections=256,
    statuses_by_id=(4, 3),
    quotes=True,
    idempotency=True,
)
PLEROMA = Software(
    name="pleroma",
    label="Pleroma",
    form=IdForm.FLAKE,
    plain_type="text/plain",
    html_type="text/html",
    connections=256,
    statuses_by_id=(0,),
    list_addressing=True,
    reactions=True,
    quotes=True,
    idempotency=True,
)

ROWS = (
    MASTODON,
    msgspec.structs.replace(MASTODON, name="hometown", label="Hometown"),
    # A stateful stand-in for tests and the demo. It says it is Mastodon; its `source_url` tells it apart.
    msgspec.structs.replace(MASTODON, name="mastodon_mock", label="Mastodon (mock)", form=IdForm.COUNTER),
    Software(
        name="gotosocial",
        label="GoToSocial",
        form=IdForm.ULID,
        # It runs 16 at once on two processors and answers 429 beyond 128 more.
        connections=64,
        plain_type="text/plain",
    ),
    PLEROMA,
    msgspec.structs.replace(PLEROMA, name="akkoma", label="Akkoma"),
    Software(
        name="takahe",
        label="Takahe",
        form=IdForm.TAKAHE,
        ids=DIGITS,
        # A bad token is a 400 there; we send no read it could dislike otherwise. 401 on a deletion: not the author.
        errors={("GET", 400): TokenGone, ("DELETE", 401): Refused},
        local_acct_bare=False,
        connections=16,
        lists=False,
        conversations=False,
        markers=False,
    ),
    Software(
        name="snac",
        label="snac",
        form=IdForm.SNAC,
        keep=False,
        connections=4,
        instance_v2=False,
        filters_on_accounts=False,
        local_acct_bare=False,
        wrapper_by_case=True,
        favourites_list=False,
        conversations=False,
    ),
)
UNKNOWN = Software(name="unknown", label="ActivityPub", form=IdForm.COUNTER, ordered=False, local_acct_bare=False)
SOFTWARE = {row.name: row for row in ROWS}
SOURCES = {"mastodon_mock": "mastodon_mock"}
"""Last part of the instance's `source_url` -> row, for software that gives another's name."""
