"""RSS 2.0 and Atom 1.0 of statuses (reference/wire-statuses-users.md section 5): the feeds GNU social and old Friendica
had, well formed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from lxml import etree

from mappings import hub
from mappings.attachments import mime_type
from mappings.characters import clean
from mappings.dates import EPOCH_ISO
from mappings.dates import atom as atom_date
from mappings.dates import rss as rss_date
from mappings.fragments import Numbers, Variant
from mappings.statuses import Rendering, body_of
from mappings.users import screen_name

ATOM = "http://www.w3.org/2005/Atom"
GEORSS = "http://www.georss.org/georss"
TWITTER = "http://api.twitter.com"
THREAD = "http://purl.org/syndication/thread/1.0"
STATUSNET = "http://status.net/schema/api/1/"

NAMES: Any = {None: ATOM, "thr": THREAD, "georss": GEORSS, "statusnet": STATUSNET}
TTL = "40"
"""Minutes a reader may keep the feed, as the original said."""


class Item(NamedTuple):
    """What both feeds show of a status."""

    status: hub.Status
    id: int
    text: str
    html: str
    url: str
    author: hub.Account
    nick: str

    @property
    def title(self) -> str:
        """`nick: text`, as the old feeds had it."""
        return f"{self.nick}: {self.text}"


def items(statuses: Sequence[hub.Status], variant: Variant, numbers: Numbers) -> list[Item]:
    """Statuses as feed items, in the same order."""
    rendering = Rendering(variant, numbers, {})
    found = []
    for status in statuses:
        original, body = status.original, body_of(status.original)
        text, _ = rendering.text(original, body, boosted=status.reblog_of is not None)
        id, nick = numbers.statuses[status.native], screen_name(status.account, variant)
        url = original.url or original.uri or f"{variant.base_url}/api/statuses/show/{id}.xml"
        found.append(Item(status, id, text, body.statusnet_html, url, status.account, nick))
    return found


def rss(
    statuses: Sequence[hub.Status], variant: Variant, numbers: Numbers, *, title: str, self_url: str, owner: str
) -> bytes:
    """An RSS 2.0 document. `self_url` is the address it was read from, `owner` whose timeline it is."""
    root = etree.Element("rss", {"version": "2.0"}, nsmap={"atom": ATOM, "georss": GEORSS, "twitter": TWITTER})
    channel = etree.SubElement(root, "channel")
    _texts(channel, title=f"{title} ({owner})" if owner else title, link=variant.base_url + "/")
    _link(channel, "self", self_url, "application/rss+xml")
    _texts(channel, description=f"{title} timeline", language="en", ttl=TTL)
    for item in items(statuses, variant, numbers):
        node = etree.SubElement(channel, "item")
        _texts(node, title=item.title, description=item.html or item.text, link=item.url)
        _texts(node, pubDate=rss_date(item.status.created_at))
        etree.SubElement(node, "guid", isPermaLink="false").text = f"{variant.base_url}/notice/{item.id}"
        _texts(node, **{f"{{{TWITTER}}}source": item.status.source or variant.label})
        _point(node, item.status)
    return _document(root)


def atom(
    statuses: Sequence[hub.Status], variant: Variant, numbers: Numbers, *, title: str, self_url: str, owner: str
) -> bytes:
    """An Atom 1.0 document; arguments as for `rss`."""
    root = etree.Element(f"{{{ATOM}}}feed", nsmap=NAMES)
    found = items(statuses, variant, numbers)
    newest = max((item.status.created_at for item in found), default=EPOCH_ISO)
    _texts(root, "generator", id=self_url, title=f"{title} ({owner})" if owner else title, updated=atom_date(newest))
    _link(root, "self", self_url, "application/atom+xml")
    _link(root, "alternate", variant.base_url + "/", "text/html")
    for item in found:
        _entry(root, item, variant, numbers)
    return _document(root)


def _entry(root: etree._Element, item: Item, variant: Variant, numbers: Numbers) -> None:
    entry, status = etree.SubElement(root, f"{{{ATOM}}}entry"), item.status
    _texts(entry, id=_tag(item, variant), title=item.text or item.nick)
    content = etree.SubElement(entry, f"{{{ATOM}}}content", type="html")
    content.text = clean(item.html)
    _link(entry, "alternate", item.url, "text/html")
    if avatar := item.author.avatar or item.author.avatar_static:
        _link(entry, "related", avatar, mime_type(hub.Media(native="", type="image", url=avatar)))
    when = atom_date(status.created_at)
    _texts(entry, published=when, updated=atom_date(status.edited_at) if status.edited_at else when)
    author = etree.SubElement(entry, f"{{{ATOM}}}author")
    _texts(author, name=f"{item.nick} ({item.author.display})", uri=item.author.url)
    info = etree.SubElement(entry, f"{{{STATUSNET}}}notice_info")
    info.set("local_id", str(item.id))
    info.set("source", clean(status.source or variant.label))
    parent = numbers.statuses.get(status.in_reply_to or "")
    if parent:
        etree.SubElement(entry, f"{{{THREAD}}}in-reply-to", ref=f"{variant.base_url}/notice/{parent}")
    _point(entry, status)


def _tag(item: Item, variant: Variant) -> str:
    """An id in the form from which Choqok takes the number."""
    host = variant.base_url.partition("://")[2].partition(":")[0]
    return f"tag:{host},{atom_date(item.status.created_at)[:10]}:{item.id}"


def _texts(node: etree._Element, *names: str, **texts: str) -> None:
    space = etree.QName(node).namespace
    for name in names:
        etree.SubElement(node, f"{{{space}}}{name}" if space else name).text = "Oldbird"
    for name, text in texts.items():
        tag = name if name.startswith("{") or not space else f"{{{space}}}{name}"
        etree.SubElement(node, tag).text = clean(text)


def _link(node: etree._Element, rel: str, href: str, type: str) -> None:
    etree.SubElement(node, f"{{{ATOM}}}link", rel=rel, href=clean(href), type=type)


def _point(node: etree._Element, status: hub.Status) -> None:
    place = status.original.place
    if place is not None:
        etree.SubElement(node, f"{{{GEORSS}}}point").text = f"{place.lat} {place.long}"


def _document(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8") + b"\n"
