"""What stays of a request and its reply in a recording: what `gateway.recorder_allowed` lists, and nothing else.

Texts and names become placeholders (`gateway.recorder_words`), unless texts are wanted; credentials, cookies, tokens,
e-mail addresses and the bytes of files never stay, whatever is wanted. Ids stay: clients compute with them, and they
mean something in this gateway only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from lxml import etree

from gateway.bodies import DOCUMENT, Body, parse_form
from gateway.call_rows import TABLE
from gateway.calls import Call, Param, Type
from gateway.errors import ApiError
from gateway.exchange import Exchange
from gateway.logs import HIDDEN, redact
from gateway.recorder_allowed import (
    EXTENSIONS,
    HEADER_VALUE,
    HEADERS,
    KEY,
    NUMBER,
    PARAM_NAME,
    PARAM_VALUE,
    PARAMS,
    REPLY_HEADERS,
    SAID,
    SCHEMES,
    SEGMENT,
    SENTENCES,
    TEXT,
    TEXTS,
    TRUTHS,
    WORDS,
    is_number,
    is_secret,
)
from gateway.recorder_words import Words

LARGEST, LARGEST_SENT = 2 << 20, 256 << 10
"""A reply, and a request, with a body of more bytes is kept without it. Anybody can send one in a recorded name."""
FILES = frozenset({"data"})
"""Keys of replies that hold files, as text."""
INSTEAD = {Type.FILES: "<{} characters of a file>", Type.NUMBER: "0"}
"""What stands for values of a type: of files their size, of places nothing."""
SEGMENTS = frozenset(part for call in TABLE for path in call.paths for part in path.split("/") if "{" not in part) | {
    "api",
    "1",
    "1.1",
    "index.php",
}
TOKENS = frozenset(token for part in SEGMENTS for token in part.split("_"))
"""Words of which paths are made: those of calls that there are not yet, too."""
Pairs = list[tuple[str, str]]
_WORD = re.compile(r"[A-Za-z]+|[^A-Za-z]+")
_URL = re.compile(r"\(?\+?https?://\S*")
_OPENING = re.compile(r"""(/pictures/|[?&;]sig=)[^/?&\s"'<>]+""")
"""What lets anybody who has an address of the gateway see the picture there."""


class Sent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The body of a request. `kind`: form, multipart, json, or other, of which only files are told. `files`: field and
    size of each. `document`: of JSON."""

    kind: str
    fields: Pairs = []
    files: list[tuple[str, int]] = []
    document: Any = None


class Asked(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A request. `call`: the row's path, "" without one. `auth`: the first word of the Authorization header."""

    method: str
    path: str
    call: str = ""
    query: Pairs = []
    headers: dict[str, str] = {}
    auth: str = ""
    agent: str = ""
    body: Sent | None = None


class Answered(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A reply. `kind`: json, xml, empty, or other, whose body is not kept."""

    status: int
    headers: dict[str, str] = {}
    kind: str = "empty"
    body: Any = None


class Redaction:
    """Of one recording. `texts`: those of posts and messages, and names, stay."""

    def __init__(self, words: Words, *, texts: bool) -> None:
        self._words, self._texts = words, texts

    # requests
    def asked(self, exchange: Exchange, body: Body) -> Asked:
        """A request as it is kept."""
        call, scheme = exchange.call, exchange.header(b"authorization").partition(" ")[0].lower()
        kind = exchange.header(b"content-type").partition(";")[0].strip().lower()
        headers = _headers({name.decode("latin-1"): exchange.header(name) for name in exchange.headers}, HEADERS)
        if kind and HEADER_VALUE.fullmatch(kind):
            headers["content-type"] = kind
        return Asked(
            method=exchange.method,
            path=self.path(exchange.path),
            call=call.path if call else "",
            query=self._fields(_pairs(exchange.query), call),
            headers=headers,
            auth=scheme if scheme in SCHEMES else "other" if scheme else "",
            agent=self.agent(exchange.header(b"user-agent")),
            body=self._sent(body, kind, call),
        )

    def path(self, path: str) -> str:
        """A path: words that stand in no path of the table are perhaps names."""
        return "/".join(map(self._segment, path.split("/")))

    def _segment(self, part: str) -> str:
        stem, dot, extension = part.rpartition(".")
        if dot and extension.lower() in EXTENSIONS:
            return f"{self._segment(stem)}.{extension}"
        if part in SEGMENTS or NUMBER.fullmatch(part) or not part:
            return part
        if SEGMENT.fullmatch(part):
            return "_".join(token if token in TOKENS else self._said(token) for token in part.split("_"))
        return self._words.text(part)

    def agent(self, text: str) -> str:
        """The name of a program, without the addresses that some have in it."""
        return self._words.without_addresses(_URL.sub("", "".join(HEADER_VALUE.findall(text)[:1])))[:200].strip()

    def _sent(self, body: Body, kind: str, call: Call | None) -> Sent | None:
        files = [(_name(name), len(upload.data)) for name, uploads in body.files.items() for upload in uploads]
        if sum(len(value) for values in body.fields.values() for value in values) > LARGEST_SENT:
            return Sent(kind="other", files=files)
        if body.document:
            return Sent(kind="json", document=self._document(body.fields[DOCUMENT][-1]))
        if not body.fields and not files:
            return None
        pairs = [(name, value.decode("utf-8", "replace")) for name, values in body.fields.items() for value in values]
        return Sent(kind="multipart" if "multipart" in kind else "form", fields=self._fields(pairs, call), files=files)

    def _document(self, text: bytes) -> Any:
        try:
            return self.tree(msgspec.json.decode(text))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None

    def _fields(self, pairs: Iterable[tuple[str, str]], call: Call | None) -> Pairs:
        params = {name: param for param in (call.params if call else ()) for name in (param.name, *param.aliases)}
        return [
            (_name(name), self._value(name, value, params.get(name)))
            for name, value in pairs
            if not is_secret(name)
        ]  # fmt: skip

    def _value(self, name: str, value: str, param: Param | None) -> str:
        """One value of a field, by what the call takes it for."""
        kind = param.type if param else None
        if name == DOCUMENT:
            return msgspec.json.encode(self._document(value.encode())).decode()
        if kind in INSTEAD:
            return INSTEAD[kind].format(len(value))
        if name in PARAMS and PARAM_VALUE.fullmatch(value):
            return value
        if value.lower() in TRUTHS and name not in SAID and (param is None or kind is Type.FLAG):
            return value
        if kind in {Type.COUNT, Type.ID} or is_number(name.removesuffix("[]")):
            return ",".join(part if NUMBER.fullmatch(part) else self._said(part) for part in value.split(","))
        return self._said(value) if param else self._words.text(value)

    # replies
    def answered(self, status: int, headers: Iterable[tuple[str, str]], body: bytes) -> Answered:
        """A reply as it is kept."""
        given = {name.lower(): value for name, value in headers}
        kind, kept = self._body(given.get("content-type", ""), body)
        return Answered(status=status, headers=_headers(given, REPLY_HEADERS), kind=kind, body=kept)

    def _body(self, kind: str, body: bytes) -> tuple[str, Any]:
        if not body:
            return "empty", None
        try:
            if len(body) <= LARGEST and "json" in kind:
                return "json", self.tree(msgspec.json.decode(body))
            if len(body) <= LARGEST and "xml" in kind:
                return "xml", self.xml(body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, etree.XMLSyntaxError):
            pass
        return "other", None

    def tree(self, value: Any, key: str = "") -> Any:
        """A document of JSON; `key`: the name of the field it stands in."""
        if isinstance(value, dict):
            return {self._key(name): self.tree(inner, name) for name, inner in value.items() if not is_secret(name)}
        if isinstance(value, list):
            return [self.tree(inner, key) for inner in value]
        if isinstance(value, str):
            return self.leaf(value, key)
        if isinstance(value, float):
            return 0.0
        if isinstance(value, bool) or value is None or is_number(key) or abs(value) <= 1:
            return value
        return int(self._words.text(str(value)))

    def _key(self, name: str) -> str:
        return name if KEY.fullmatch(name) or NUMBER.fullmatch(name) else self._words.text(name)

    def leaf(self, text: str, key: str) -> str:
        """A text by the name of the field it stands in."""
        if key in FILES:
            return INSTEAD[Type.FILES].format(len(text))
        if (text.lower() in TRUTHS and key not in SAID) or (is_number(key) and NUMBER.fullmatch(text)):
            return text
        if key in TEXTS and TEXT.fullmatch(text):
            return text
        if key == "request":
            path, _, query = text.partition("?")
            pairs = self._fields(_pairs(query.encode()), None)
            return self.path(path) + "?" * bool(query) + "&".join(f"{name}={value}" for name, value in pairs)
        if key in SENTENCES and not self._texts:
            return "".join(self._of_sentence(word) for word in _WORD.findall(text))
        return self._said(text)

    def _of_sentence(self, word: str) -> str:
        return word if word.lower() in WORDS else self._words.text(word)

    def xml(self, body: bytes) -> str:
        """A document of XML, feeds as well. Raises etree.XMLSyntaxError."""
        reader = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
        root = etree.fromstring(body, reader)
        for element in list(root.iter("*")):
            name = etree.QName(element).localname
            if is_secret(name):
                parent = element.getparent()
                if parent is not None:
                    parent.remove(element)
                continue
            self._element(element, name)
        return etree.tostring(root, encoding="unicode")

    def _element(self, element: etree._Element, name: str) -> None:
        if element.text and element.text.strip():
            element.text = self.leaf(element.text, name)
        if element.tail and element.tail.strip():
            element.tail = self._said(element.tail)
        for key in list(element.attrib):
            label = etree.QName(str(key)).localname
            element.attrib[key] = self.leaf(str(element.attrib[key]), label)

    def _said(self, text: str) -> str:
        """What a person wrote or is called."""
        if not self._texts:
            return self._words.text(text)
        return redact(_OPENING.sub(rf"\1{HIDDEN}", self._words.without_addresses(text)))


def _pairs(query: bytes) -> Pairs:
    try:
        fields = parse_form(query)
    except ApiError:
        return []
    return [(name, value.decode("utf-8", "replace")) for name, values in fields.items() for value in values]


def _name(name: str) -> str:
    return name if PARAM_NAME.fullmatch(name) else "unnamed"


def _headers(given: Mapping[str, str], allowed: frozenset[str]) -> dict[str, str]:
    return {name: value for name, value in given.items() if name in allowed and HEADER_VALUE.fullmatch(value)}
