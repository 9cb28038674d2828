"""Words in the place of words: as long, of the same kinds of letters, the same for the same word, and saying nothing.

What stays is listed here: white space, ASCII punctuation, names of HTML's tags, and how addresses begin. Which word
stands for which follows from a random seed that is thrown away with the recording's order.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Callable
from hashlib import shake_256

KEPT_WORDS = frozenset({"http", "https"})
TAGS = frozenset(
    {"a", "b", "blockquote", "br", "code", "div", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "li",
     "ol", "p", "pre", "span", "strong", "u", "ul", "href", "src", "rel", "class", "alt", "title", "target"}
)  # fmt: skip
"""Names of tags and attributes, kept inside of tags."""
PLAIN = frozenset(string.punctuation + string.whitespace)

_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_ENTITY = re.compile(r"&(?:amp|lt|gt|quot|apos|nbsp|#39);")
_PIECE = re.compile(r"[^\W_]+|.", re.DOTALL)
_HEX = re.compile(r"[0-9a-f]{16,}")
_EMAIL = re.compile(r"(?<![\w.+%-])[\w.+%-]++@[\w-]++(?:\.[\w-]++)+")
"""Begun once for each run of such letters, and never taken back: what nobody's login came with is looked at, too."""

STANDS = {
    ("Ll", 2): "ä", ("Ll", 3): "ạ", ("Ll", 4): "𝐚", ("Lu", 2): "Ä", ("Lu", 3): "Ạ", ("Lu", 4): "𝐀",
    ("Lo", 2): "א", ("Lo", 3): "字", ("Lo", 4): "𠀀", ("Nd", 2): "٣", ("Nd", 3): "३", ("Nd", 4): "𝟗",
    ("So", 2): "©", ("So", 3): "☀", ("So", 4): "🙂", ("Mn", 2): "\u0301", ("Mn", 3): "\ufe0f", ("Cf", 3): "\u200d",
}  # fmt: skip
"""(Unicode category, bytes in UTF-8) -> what stands for all such characters."""
INSTEAD = {1: "?", 2: "§", 3: "※", 4: "🂠"}
"""For those of other categories, by their bytes."""


class Words:
    """Placeholders of one recording."""

    def __init__(self, seed: bytes) -> None:
        self._seed = seed

    def text(self, text: str) -> str:
        """A text, HTML or not."""
        return _between(_TAG, text, self._tag, self._plain)

    def without_addresses(self, text: str) -> str:
        """A text that stays, but for e-mail addresses (and handles, which look like them)."""
        return _EMAIL.sub(lambda found: self._words(found[0]), text)

    def hexadecimal(self, text: str) -> str:
        """Another number of as many hexadecimal digits."""
        return self._stream(text, len(text) // 2 + 1).hex()[: len(text)]

    def _tag(self, tag: str) -> str:
        return "".join(piece if piece.lower() in TAGS else self._word(piece) for piece in _PIECE.findall(tag))

    def _plain(self, text: str) -> str:
        return _between(_ENTITY, text, str, self._words)

    def _words(self, text: str) -> str:
        return "".join(self._word(piece) for piece in _PIECE.findall(text))

    def _word(self, word: str) -> str:
        if word in KEPT_WORDS or word in PLAIN:
            return word
        if _HEX.fullmatch(word):
            return self.hexadecimal(word)
        stream = self._stream(word.casefold(), len(word))
        return "".join(_letter(letter, byte) for letter, byte in zip(word, stream, strict=True))

    def _stream(self, text: str, size: int) -> bytes:
        return shake_256(self._seed + text.encode("utf-8", "surrogatepass")).digest(size)


Change = Callable[[str], str]


def _between(pattern: re.Pattern[str], text: str, of_found: Change, of_others: Change) -> str:
    """`text` with what the pattern finds changed in one way and what is between in the other."""
    made, at = [], 0
    for found in pattern.finditer(text):
        made += [of_others(text[at : found.start()]), of_found(found[0])]
        at = found.end()
    return "".join([*made, of_others(text[at:])])


def _letter(letter: str, byte: int) -> str:
    """One of the same kind."""
    if letter.isascii():
        for kind in (string.ascii_lowercase, string.ascii_uppercase, string.digits):
            if letter in kind:
                return kind[byte % len(kind)]
        return letter if letter in PLAIN else "?"
    size = len(letter.encode("utf-8", "surrogatepass"))
    return STANDS.get((unicodedata.category(letter), size)) or INSTEAD[size]
