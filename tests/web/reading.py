"""What every page must be, whatever it shows; and taking forms out of pages."""

from __future__ import annotations

from itertools import pairwise
from typing import Any
from urllib.parse import urljoin

import httpx2 as httpx
from lxml import html

LABELLED = "//input[not(@type='hidden')] | //select | //textarea"
CSP = {
    "default-src": "'none'",
    "style-src": "'self'",
    "script-src": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}


class Page:
    """A checked page. `text` is what a person reads."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self.status, self.url = response.status_code, str(response.url)
        self.tree: Any = html.document_fromstring(response.content.decode())
        check_headers(response)
        check_document(self.tree, response.text)

    @property
    def text(self) -> str:
        """The words of the main part."""
        return " ".join(self.tree.xpath("string(//main)").split())

    @property
    def title(self) -> str:
        """The heading."""
        return str(self.tree.xpath("string(//h1)"))

    @property
    def language(self) -> str:
        """As the page says it."""
        return str(self.tree.get("lang"))

    @property
    def alert(self) -> str:
        """What went wrong, "" when nothing did."""
        return " ".join(" ".join(self.tree.xpath("//*[@role='alert']//text()")).split())

    @property
    def links(self) -> list[str]:
        """The targets of all links of the main part."""
        return [str(target) for target in self.tree.xpath("//main//a/@href")]

    def form(self, ending: str = "", do: str = "") -> tuple[str, dict[str, str]]:
        """(action, fields with their values) of the form in the main part whose action ends so; `do` tells several
        apart that have the same one."""
        forms = [one for one in self.tree.xpath("//main//form") if one.get("action", "").endswith(ending)]
        if len(forms) > 1:
            forms = [one for one in forms if one.xpath(".//input[@name='do']/@value") == [do]]
        (found,) = forms
        assert found.get("method") == "post"
        return urljoin(self.url, found.get("action")), {
            name: value or "" for name, value in found.form_values() if name
        }


def check_headers(response: httpx.Response) -> None:
    """The headers that keep a page to itself."""
    headers = response.headers
    policy = dict(rule.split(" ", 1) for rule in headers["content-security-policy"].split("; "))
    assert {name: policy.get(name) for name in CSP} == CSP
    assert policy["form-action"].startswith("'self'")
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cache-control"] == "no-store"
    assert headers["content-type"] == "text/html; charset=utf-8"
    for cookie in headers.get_list("set-cookie"):
        check_cookie(cookie, secure=response.url.scheme == "https")


def check_cookie(cookie: str, *, secure: bool) -> None:
    """Strict in every way."""
    parts = {part.strip().lower() for part in cookie.split(";")}
    assert {"httponly", "path=/", "samesite=lax"} <= parts
    assert not any(part.startswith("domain") for part in parts)
    assert ("secure" in parts, cookie.startswith("__Host-")) == (secure, secure)


def check_document(tree: Any, text: str) -> None:
    """Valid and clean for assistive technology, as far as that can be read off the source."""
    assert text.startswith("<!DOCTYPE html>")
    assert tree.get("lang") in {"en", "de"}
    assert tree.xpath("string(//title)").strip() not in {"", "– Oldbird"}
    assert [tree.xpath(f"count(//{name})") for name in ("h1", "main", "header", "footer")] == [1, 1, 1, 1]
    assert tree.xpath("//meta[@name='viewport']")
    check_inline(tree)
    check_names(tree)
    check_ids(tree)
    check_headings(tree)


def check_inline(tree: Any) -> None:
    """Nothing that the policy would refuse."""
    assert tree.xpath("//style | //*[@style] | //script[not(@src)] | //iframe | //object | //base") == []
    assert not [name for name in tree.xpath("//@*") if name.attrname.startswith("on")]
    targets = [target.lower() for target in tree.xpath("//@href | //@src")]
    assert not [target for target in targets if target.startswith(("javascript", "data"))]


def check_names(tree: Any) -> None:
    """Everything to use has a name."""
    for control in tree.xpath(LABELLED):
        labels = tree.xpath("//label[@for=$id]", id=control.get("id", "-")) or control.xpath("ancestor::label")
        assert labels, html.tostring(control)
        assert labels[0].text_content().strip()
    for control in tree.xpath("//button | //a"):
        assert control.text_content().strip() or control.get("aria-label"), html.tostring(control)
    assert all(nav.get("aria-label") for nav in tree.xpath("//nav"))
    assert all(form.get("method") == "post" for form in tree.xpath("//form"))
    for form in tree.xpath("//form"):
        assert form.xpath("count(.//input[@name='form_token'])") == 1
    for image in tree.xpath("//img"):
        assert image.get("alt") is not None


def check_ids(tree: Any) -> None:
    """Ids are there once, and what points at one finds it."""
    ids = [str(id) for id in tree.xpath("//@id")]
    assert len(ids) == len(set(ids))
    pointed = " ".join(tree.xpath("//@aria-describedby | //@aria-labelledby | //@for | //@data-copy")).split()
    pointed += [target[1:] for target in tree.xpath("//a/@href") if target.startswith("#")]
    assert set(pointed) <= set(ids)


def check_headings(tree: Any) -> None:
    """No level is left out."""
    levels = [int(heading.tag[1]) for heading in tree.xpath("//h1 | //h2 | //h3 | //h4")]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
