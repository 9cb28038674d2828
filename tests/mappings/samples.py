"""Made-up people and posts, and an independent reading of the XML rules."""

from __future__ import annotations

from typing import Any

import msgspec
from lxml import etree

from mappings import hub
from mappings.fragments import Format, Fragment, Hole, Numbers, Variant
from mappings.statuses import status_fragment
from mappings.trees import xml_document
from mappings.users import contact_bytes, user_fragment

ME = "1"
NAMESPACES: Any = {
    None: "http://api.twitter.com",
    "statusnet": "http://status.net/schema/api/1/",
    "friendica": "http://friendi.ca/schema/api/1/",
    "georss": "http://www.georss.org/georss",
}
LISTED = {
    "attachments": "attachment",
    "hashtags": "hashtag",
    "urls": "url",
    "user_mentions": "user_mention",
    "media": "creative",
    "indices": "index",
}


def account(native: str = "2", username: str = "bob", **changes: Any) -> hub.Account:
    """A person of the backend itself."""
    person = hub.Account(
        native=native,
        username=username,
        acct=username,
        name=f"{username.title()} Builder",
        note="<p>Builds <b>things</b> &amp; more</p>",
        url=f"https://there.example/@{username}",
        avatar=f"https://there.example/{username}.png",
        created_at="2020-03-01T09:05:07.000Z",
        followers_count=12,
        following_count=34,
        statuses_count=56,
    )
    return msgspec.structs.replace(person, **changes)


def status(native: str = "100", **changes: Any) -> hub.Status:
    """A public post of bob."""
    post = hub.Status(
        native=native,
        key=native,
        account=account(),
        created_at="2021-01-05T18:20:00.123Z",
        content="<p>Found a valve radio</p>",
        url=f"https://there.example/@bob/{native}",
        uri=f"https://there.example/users/bob/statuses/{native}",
        source="Tusky",
        favourites_count=3,
        reblogs_count=4,
        replies_count=5,
    )
    return msgspec.structs.replace(post, **changes)


def picture(native: str = "7", **changes: Any) -> hub.Media:
    """An image of 800 x 600."""
    media = hub.Media(
        native=native,
        type="image",
        url=f"https://files.example/{native}.png",
        preview_url=f"https://files.example/small/{native}.png",
        description="A radio",
        width=800,
        height=600,
        size=48213,
    )
    return msgspec.structs.replace(media, **changes)


def variant(format: Format = "json", **changes: Any) -> Variant:
    """What /api asks for."""
    plain = Variant(format=format, scope="https://there.example", base_url="https://gateway.example")
    return msgspec.structs.replace(plain, **changes)


class Everybody(dict[str, int]):
    """A number for whoever is asked for: the digits of the native id, else something positive."""

    def __missing__(self, native: str) -> int:
        return int(native) if native.isascii() and native.isdecimal() else 1 + abs(hash(native)) % 1000

    def get(self, native: str, default: Any = None) -> Any:
        """As with an entry for everything but the unknown ids of the tests."""
        return default if native in {"", "0", "unknown"} else self[native]

    def __contains__(self, native: object) -> bool:
        return native not in {"", "0", "unknown"}


NUMBERS = Numbers(statuses=Everybody(), accounts=Everybody())


class Fillings(dict[Hole, bytes]):
    """Fills every hole as a reader would who is account 1 and follows account 2."""

    def __init__(self, format: Format) -> None:
        super().__init__()
        self.format = format

    def __missing__(self, hole: Hole) -> bytes:
        if hole.kind == "thread":
            return b"%d" % hole.number
        if hole.kind == "own":
            body = user_fragment(account(ME, "me"), variant(self.format), int(ME), full=True).fill(self)
            return body if self.format == "json" else b"<user>%b</user>" % body
        return contact_bytes(
            self.format,
            number=hole.number,
            relationship=None,
            is_self=hole.native == ME,
            is_contact=hole.native == "2",
            full=hole.full,
            viewer_number=int(ME),
        )


def filled(fragment: Fragment, format: Format) -> bytes:
    """The finished bytes."""
    return fragment.fill(Fillings(format))


def as_json(post: hub.Status, **options: Any) -> dict[str, Any]:
    """A status as a JSON reader gets it. Options of `Variant` and of `status_fragment`."""
    found: dict[str, Any] = msgspec.json.decode(_render(post, "json", options))
    return found


def as_xml(post: hub.Status, **options: Any) -> etree._Element:
    """The same as an XML reader gets it."""
    return etree.fromstring(xml_document("status", _render(post, "xml", options)))


def _render(post: hub.Status, format: Format, options: dict[str, Any]) -> bytes:
    names = {"activities", "comments", "user", "users"} & options.keys()
    arguments = {"users": {}} | {name: options[name] for name in names}
    wanted = variant(format, **{name: value for name, value in options.items() if name not in names})
    return filled(status_fragment(post, wanted, NUMBERS, **arguments), format)


def expected_xml(root: str, data: dict[str, Any]) -> etree._Element:
    """What the rules of section 4.1 make of the JSON of an object, built with lxml and none of our templates."""
    node = etree.Element(f"{{{NAMESPACES[None]}}}{root}", nsmap=NAMESPACES)
    _children(node, data, prefix=None)
    return node


def _children(node: etree._Element, data: dict[str, Any], prefix: str | None) -> None:
    for key, value in data.items():
        _child(node, key, value, prefix)


def _child(node: etree._Element, key: str, value: Any, prefix: str | None) -> None:
    space, name = prefix, key
    for known in ("statusnet", "friendica"):
        if key.startswith(known + "_"):
            space, name = known, key.removeprefix(known + "_")
    if key == "geo":
        space, name = "georss", "point"
        value = value and " ".join(repr(float(degree)) for degree in value["coordinates"])
    child = etree.SubElement(node, f"{{{NAMESPACES[space]}}}{name}")
    if isinstance(value, dict):
        _children(child, value, "friendica" if key == "friendica_activities" else None)
    elif isinstance(value, list):
        for item in value:
            _child(child, LISTED.get(key, "user"), item, None)
    elif value is not None:
        child.text = {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value) or None


def canonical(node: etree._Element) -> str:
    """Comparable: prefixes and order kept, `<a/>` equal to `<a></a>`."""
    return etree.tostring(node, method="c14n").decode()
