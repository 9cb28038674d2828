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

Since = tuple[int, ...]
"""The version that brought something; empty: none did."""
ALWAYS: Since = (0,)

ORDERS = {IdForm.COUNTER: Order.ORDERED, IdForm.SNAC: Order.UNORDERED}


class Reacting(msgspec.Struct, frozen=True, kw_only=True):
    """How emoji are put under a status: (method, path) with the ids of status and emoji; `people`: who did, if told."""

    put: tuple[str, str]
    take: tuple[str, str]
    people: str = ""


GLITCH = Reacting(
    put=("POST", "/api/v1/statuses/{}/react/{}"),
    take=("POST", "/api/v1/statuses/{}/unreact/{}"),
)
"""Any server whose instance configuration speaks of `reactions`."""
PLEROMA_REACTIONS = "/api/v1/pleroma/statuses/{}/reactions"
PLEROMA_STYLE = Reacting(
    put=("PUT", PLEROMA_REACTIONS + "/{}"), take=("DELETE", PLEROMA_REACTIONS + "/{}"), people=PLEROMA_REACTIONS
)


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
    list_seconds: float = 0.0
    """Pause between new lists: one made in the same second as another takes its place, members and all."""
    guards_reads: bool = True
    """By id, too, a status is shown only to whom it is for."""
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
    boosts_by_id: bool = True
    """GET v1/statuses/:id answers the id of a boost."""
    statuses_by_id: Since = ()
    """GET v1/statuses?id[]= answers."""
    accounts_by_id: Since = ()
    """GET v1/accounts?id[]= answers."""
    editing: Since = ()
    """PUT v1/statuses/:id answers."""
    media_attributes: bool = True
    """An edit may change the descriptions of attached files."""
    titles_are_sensitive: bool = False
    """An edit loses the title of a status that is not sensitive."""
    own_from_home: bool = False
    """Only the home timeline has the own statuses that are not public."""
    blocks_list: bool = True
    """GET v1/blocks says who is blocked."""
    mutes: bool = True
    """POST mute on an account answers."""
    mutes_list: bool = True
    """GET v1/mutes says who is muted."""
    follow_options: bool = True
    """POST follow takes `reblogs` and `notify`."""
    follows_later: bool = False
    """A new follow shows in no answer for some seconds."""
    suggestions: bool = True
    reports: bool = True
    renames_lists: bool = True
    searches_statuses: bool = True
    """v2/search finds statuses by their words."""
    search_offset: bool = True
    """v2/search honours `offset`."""
    federated: bool = True
    """The public timeline has statuses of other servers."""
    favourites_list: bool = True
    lists: bool = True
    list_addressing: bool = False
    conversations: bool = True
    markers: bool = True
    reacting: Reacting | None = None
    idempotency: bool = False
    """It knows a post again by its `Idempotency-Key`, which the others ignore."""
    trends: Since = ()
    """GET v1/trends/tags answers."""
    profile_fields: bool = False
    """PATCH accounts/update_credentials changes the rows of a profile's table."""
    removes_header: Since = ()
    """DELETE v1/profile/header answers, or what `empty_header_removes` says."""
    empty_header_removes: bool = False

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
            boosts_by_id=self.boosts_by_id,
            statuses_by_id=reached(version, self.statuses_by_id),
            accounts_by_id=reached(version, self.accounts_by_id),
            editing=reached(version, self.editing),
            favourites_list=self.favourites_list,
            blocks_list=self.blocks_list,
            mutes=self.mutes,
            mutes_list=self.mutes_list,
            follow_options=self.follow_options,
            suggestions=self.suggestions,
            reports=self.reports,
            searches_statuses=self.searches_statuses,
            lists=self.lists,
            renames_lists=self.renames_lists,
            list_addressing=self.list_addressing,
            conversations=self.conversations,
            markers=self.markers,
            reactions=self.reacting is not None,
            federated=self.federated,
            trends=reached(version, self.trends),
            removes_header=reached(version, self.removes_header),
            profile_fields=self.profile_fields,
            connections=self.connections,
        )


def numbers(version: str) -> tuple[int, ...]:
    """(4, 7, 3) of "4.7.3+glitch"; empty when it does not start with a number."""
    found = re.match(r"\d+(?:\.\d+)*", version)
    return tuple(int(part) for part in found[0].split(".")) if found else ()


def reached(version: str, since: Since) -> bool:
    """Whether a version has what came with another."""
    return since == ALWAYS or (bool(since) and numbers(version) >= since)


DIGITS = re.compile(r"[0-9]{1,20}")
MASTODON = Software(
    name="mastodon",
    label="Mastodon",
    form=IdForm.SNOWFLAKE,
    ids=DIGITS,
    per_token=True,
    connections=256,
    statuses_by_id=(4, 3),
    accounts_by_id=(4, 3),
    editing=(3, 5),
    idempotency=True,
    trends=(3, 5),
    removes_header=(4, 2),
    profile_fields=True,
)
PLEROMA = Software(
    name="pleroma",
    label="Pleroma",
    form=IdForm.FLAKE,
    plain_type="text/plain",
    html_type="text/html",
    connections=256,
    statuses_by_id=ALWAYS,
    editing=(2, 5),
    media_attributes=False,
    list_addressing=True,
    reacting=PLEROMA_STYLE,
    idempotency=True,
    removes_header=ALWAYS,
    empty_header_removes=True,
    profile_fields=True,
)

ROWS = (
    MASTODON,
    msgspec.structs.replace(MASTODON, name="hometown", label="Hometown"),
    # A stateful stand-in for tests and the demo. It says it is Mastodon; its `source_url` tells it apart.
    msgspec.structs.replace(
        MASTODON,
        name="mastodon_mock",
        label="Mastodon (mock)",
        form=IdForm.COUNTER,
        search_offset=False,
        guards_reads=False,
    ),
    Software(
        name="gotosocial",
        label="GoToSocial",
        form=IdForm.ULID,
        profile_fields=True,
        # It runs 16 at once on two processors and answers 429 beyond 128 more.
        connections=64,
        plain_type="text/plain",
        editing=(0, 18),
        search_offset=False,
        removes_header=(0, 16),
    ),
    PLEROMA,
    # Posting to a list went with Akkoma 3.17.
    msgspec.structs.replace(PLEROMA, name="akkoma", label="Akkoma", editing=(3, 5), list_addressing=False),
    Software(
        name="takahe",
        label="Takahe",
        form=IdForm.TAKAHE,
        ids=DIGITS,
        # A bad token is a 400 there; we send no read it could dislike otherwise. 401 on a change: not the author.
        errors={("GET", 400): TokenGone, ("DELETE", 401): Refused, ("PUT", 401): Refused},
        local_acct_bare=False,
        boosts_by_id=False,
        connections=16,
        editing=(0, 8),
        own_from_home=True,
        blocks_list=False,
        mutes_list=False,
        follows_later=True,
        suggestions=False,
        reports=False,
        searches_statuses=False,
        lists=False,
        conversations=False,
        markers=False,
    ),
    Software(
        name="snac",
        label="snac",
        list_seconds=1.1,
        form=IdForm.SNAC,
        guards_reads=False,
        keep=False,
        connections=4,
        instance_v2=False,
        filters_on_accounts=False,
        local_acct_bare=False,
        wrapper_by_case=True,
        editing=(2, 46),
        media_attributes=False,
        titles_are_sensitive=True,
        search_offset=False,
        own_from_home=True,
        blocks_list=False,
        mutes=False,
        mutes_list=False,
        follow_options=False,
        suggestions=False,
        reports=False,
        renames_lists=False,
        federated=False,
        favourites_list=False,
        conversations=False,
    ),
)
UNKNOWN = Software(
    name="unknown", label="ActivityPub", form=IdForm.COUNTER, ordered=False, local_acct_bare=False, editing=ALWAYS,
)  # fmt: skip
SOFTWARE = {row.name: row for row in ROWS}
SOURCES = {"mastodon_mock": "mastodon_mock"}
"""Last part of the instance's `source_url` -> row, for software that gives another's name."""
