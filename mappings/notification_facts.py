"""What a backend's notification says, in the few words that a note needs: small enough to be kept by the hundred."""

from __future__ import annotations

from mappings import hub
from mappings.notifications import COMMENT, ITEM, KINDS, MENTION, TYPES, excerpt, one_line, web

NAME_CHARS = 200


class Fact(hub.Struct, frozen=True, kw_only=True):
    """One notification. `kind` "" makes no note; `iid` is the id of its post, `key` the post's canonical key.

    `answer`: the post answers another. `sent`: hash of the bytes it came as.
    """

    native: str
    kind: str = ""
    created: str = ""
    name: str = ""
    url: str = ""
    photo: str = ""
    text: str = ""
    link: str = ""
    key: str = ""
    iid: int | None = None
    answer: bool = False
    sent: int = 0


def sent(item: hub.Notification) -> int:
    """Tells whether the same came again."""
    return hash((item.type, item.account, item.status.raw if item.status else b""))


def about_post(item: hub.Notification) -> bool:
    """It makes a note that shows a post."""
    return item.type in TYPES and KINDS[TYPES[item.type]].otype == ITEM


def bare_fact(item: hub.Notification) -> Fact:
    """A notification that makes no note."""
    return Fact(native=item.native, sent=sent(item))


def person_fact(item: hub.Notification) -> Fact:
    """Somebody follows, or wants to; other types make no note."""
    if item.type not in TYPES or about_post(item):
        return bare_fact(item)
    account = item.account
    return Fact(
        native=item.native,
        kind=TYPES[item.type],
        created=item.created_at,
        name=one_line(account.display, NAME_CHARS),
        url=web(account.url),
        photo=web(account.avatar) or web(account.avatar_static),
        link=web(account.url),
        sent=sent(item),
    )


def post_fact(item: hub.Notification, status: hub.Status, *, me: str, iid: int, key: str) -> Fact:
    """Somebody wrote. A mention that answers `me` (native id) is a comment."""
    kind = TYPES[item.type]
    answers_me = kind == MENTION and status.in_reply_to is not None and status.in_reply_to_account == me
    account, original = item.account, status.original
    return Fact(
        native=item.native,
        kind=COMMENT if answers_me else kind,
        created=item.created_at,
        name=one_line(account.display, NAME_CHARS),
        url=web(account.url),
        photo=web(account.avatar) or web(account.avatar_static),
        text=excerpt(status),
        link=web(original.url) or web(original.uri),
        key=key,
        iid=iid,
        answer=status.in_reply_to is not None,
        sent=sent(item),
    )
