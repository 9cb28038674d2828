"""RSS 1.0 of statuses: the form of GNU social's feeds beside its API, which Choqok's search reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lxml import etree

from mappings import hub
from mappings.characters import clean
from mappings.dates import atom as iso_date
from mappings.feeds import Item, items
from mappings.fragments import Numbers, Variant

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RSS = "http://purl.org/rss/1.0/"
DC = "http://purl.org/dc/elements/1.1/"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
SIOC = "http://rdfs.org/sioc/ns#"
STATUSNET = "http://status.net/ont/"

NAMES: Any = {None: RSS, "rdf": RDF, "dc": DC, "content": CONTENT, "sioc": SIOC, "statusnet": STATUSNET}


def rdf(
    statuses: Sequence[hub.Status], variant: Variant, numbers: Numbers, *, title: str, self_url: str, owner: str
) -> bytes:
    """The document; arguments as for `mappings.feeds.rss`."""
    root, found = etree.Element(f"{{{RDF}}}RDF", nsmap=NAMES), items(statuses, variant, numbers)
    channel = etree.SubElement(root, f"{{{RSS}}}channel")
    channel.set(f"{{{RDF}}}about", clean(self_url))
    _texts(channel, RSS, title=f"{title} ({owner})" if owner else title, link=variant.base_url + "/", description=title)
    listed = etree.SubElement(etree.SubElement(channel, f"{{{RSS}}}items"), f"{{{RDF}}}Seq")
    for item in found:
        _resource(listed, f"{{{RDF}}}li", _notice(variant, item.id))
    for item in found:
        _item(root, item, variant, numbers)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8") + b"\n"


def _item(root: etree._Element, item: Item, variant: Variant, numbers: Numbers) -> None:
    node, status = etree.SubElement(root, f"{{{RSS}}}item"), item.status
    node.set(f"{{{RDF}}}about", _notice(variant, item.id))
    _texts(node, RSS, title=item.title, link=item.url, description=item.text)
    _texts(node, CONTENT, encoded=item.html)
    _texts(node, DC, date=iso_date(status.created_at), creator=item.author.display)
    _resource(node, f"{{{SIOC}}}has_creator", item.author.url)
    if avatar := item.author.avatar or item.author.avatar_static:
        _resource(node, f"{{{STATUSNET}}}postIcon", avatar)
    parent = numbers.statuses.get(status.in_reply_to or "")
    if parent:
        _resource(node, f"{{{SIOC}}}reply_of", _notice(variant, parent))


def _notice(variant: Variant, id: int) -> str:
    return f"{variant.base_url}/notice/{id}"


def _texts(node: etree._Element, space: str, **texts: str) -> None:
    for name, text in texts.items():
        etree.SubElement(node, f"{{{space}}}{name}").text = clean(text)


def _resource(node: etree._Element, tag: str, address: str) -> None:
    etree.SubElement(node, tag).set(f"{{{RDF}}}resource", clean(address))
