"""Characters that may stand in a reply: what XML 1.0 forbids and lone surrogates are removed in every format.

So JSON and XML of one object carry equal data (reference/wire-statuses-users.md section 4.1, DESIGN section 9).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import msgspec

FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]+")

_ODD = re.compile("[^\t\n -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]").search
"""A forbidden character or a carriage return: a few wide ranges are left several times as fast as many narrow ones."""

_CONTROLS = bytes([*range(9), 11, 12, *range(14, 32)])
_BUT_NUL = _CONTROLS[1:]
_SPECIAL = re.compile("[&<>\x00-\x1f\ud800-\udfff\ufffe\uffff]").search
_ESCAPED = re.compile(rb"\\(?:u|b|f|r)").search  # three times as fast as with a set of letters
_NOBODYS = re.compile(rb"\xef(?=\xbf[\xbe\xbf])").search  # U+FFFE and U+FFFF; a prefix of one byte is looked for faster

encode = msgspec.json.Encoder().encode
"""JSON of anything. Raises UnicodeEncodeError on a lone surrogate."""


def suspect(data: bytes) -> bool:
    """Encoded JSON may hold a forbidden character or a carriage return. They are rare and looking is cheap."""
    return _ESCAPED(data) is not None or _NOBODYS(data) is not None


def clean(text: str) -> str:
    """`text` without forbidden characters, line ends as line feeds."""
    if _ODD(text) is None:
        return text
    text = FORBIDDEN.sub("", text)
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def clean_tree(tree: Any) -> Any:
    """`tree` of dict, list, tuple and scalars with every text cleaned, keys too."""
    if isinstance(tree, str):
        return clean(tree)
    if isinstance(tree, dict):
        return {clean(key): clean_tree(value) for key, value in tree.items()}
    if isinstance(tree, (list, tuple)):
        return [clean_tree(value) for value in tree]
    return tree


def json_value(value: Any) -> bytes:
    """`value` as JSON."""
    try:
        data = encode(value)
    except UnicodeEncodeError:
        return encode(clean_tree(value))
    return encode(clean_tree(value)) if suspect(data) else data


def xml_text(text: str) -> bytes:
    """`text` as XML character data."""
    if _SPECIAL(text) is None:
        return text.encode()
    data = text.encode("utf-8", "ignore").translate(None, _CONTROLS)
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if b"\xef" in data and _NOBODYS(data):
        data = data.replace(b"\xef\xbf\xbe", b"").replace(b"\xef\xbf\xbf", b"")
    return data.replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;")


def xml_texts(texts: Sequence[str]) -> list[bytes]:
    """Each of `texts` as XML character data, made in one go."""
    data = "\0".join(texts).encode("utf-8", "ignore").translate(None, _BUT_NUL)
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if b"\xef" in data and _NOBODYS(data):
        data = data.replace(b"\xef\xbf\xbe", b"").replace(b"\xef\xbf\xbf", b"")
    made = data.replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;").split(b"\0")
    return made if len(made) == len(texts) else [xml_text(text) for text in texts]


def xml_attribute(text: str) -> bytes:
    """`text` as the value of an attribute in double quotes."""
    return xml_text(text).replace(b'"', b"&quot;").replace(b"\n", b"&#10;").replace(b"\t", b"&#9;")


def xml_value(value: Any) -> bytes:
    """A scalar as XML: words for booleans, numbers as text, nothing for null."""
    if isinstance(value, str):
        return xml_text(value)
    if value is True:
        return b"true"
    if value is False:
        return b"false"
    return b"" if value is None else str(value).encode()
