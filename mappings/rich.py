"""The HTML of a status for clients: the sanitised content and what it does not hold (poll, quote, files, title)."""

from __future__ import annotations

from html import escape

from mappings import hub
from mappings.characters import clean
from mappings.html import REL, Reading
from mappings.text import address, heads, quoted_inside, votes, warnings


def rich(status: hub.Status, reading: Reading, quote: Reading) -> tuple[str, str]:
    """`statusnet_html` and `friendica_html`. The first has the title and names the files, the second shows pictures."""
    html = reading.html
    if status.poll is not None:
        html += clean(_poll(status.poll, status.url))
    if status.quote_of is not None and not quoted_inside(status.quote_of, reading):
        html += clean(_quote(status.quote_of, quote))
    titled = html
    if head := clean(" · ".join(heads(status))):
        titled = f"<h4>{escape(head, quote=False)}</h4><br>{html}"
    for item in status.media:
        url = address(item)
        if url and url not in reading.text:
            named, shown = _file(item, clean(url))
            titled += named
            html += shown
        elif url and item.description not in reading.text:
            told = f"<p>{escape(clean(item.description))}</p>"
            titled += told
            html += told
    return titled, html


def _file(media: hub.Media, url: str) -> tuple[str, str]:
    """A paragraph that names the file, and one that shows it. Only web addresses become links."""
    target, text = escape(url), escape(clean(media.description))
    source = media.preview_url or (url if media.type == "image" else "")
    picture = text or target
    if media.type in _VISIBLE and source.startswith(_WEB):
        picture = f'<img src="{escape(clean(source))}" alt="{text}">'
    if not url.startswith(_WEB):
        return f"<p>{text or target}</p>", f"<p>{picture}</p>"
    link = f'<p><a href="{target}" rel="{REL}">'
    return f"{link}{text or target}</a></p>", f"{link}{picture}</a></p>"


_WEB = ("https://", "http://")
_VISIBLE = frozenset({"image", "gifv", "video"})


def _anchor(url: str, html: str) -> str:
    return f'<a href="{escape(url)}" rel="{REL}">{html}</a>' if url.startswith(_WEB) else html


def _poll(poll: hub.Poll, url: str) -> str:
    rows = [f"<li>{escape(option.title, quote=False)}{votes(option.votes_count)}</li>" for option in poll.options]
    end = f"Closed, {poll.votes_count} votes" if poll.expired else _anchor(url, "Vote")
    return f"<ul>{''.join(rows)}</ul><p>{end}</p>"


def _quote(quoted: hub.Status, quote: Reading) -> str:
    who = escape(f"♲ @{quoted.account.acct}:", quote=False)
    before = "".join([f"<p>{escape(line, quote=False)}</p>" for line in warnings(quoted, quote).splitlines()])
    return f"<blockquote><p>{_anchor(quoted.url or quoted.uri, who)}</p>{before}{quote.html}</blockquote>"
