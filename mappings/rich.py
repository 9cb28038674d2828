"""The HTML of a status for clients: the sanitised content and what it does not hold (poll, quote, files, title)."""

from __future__ import annotations

from html import escape

from mappings import hub
from mappings.characters import clean
from mappings.html import REL, Reading
from mappings.text import address, heads, quoted_inside, votes


def rich(status: hub.Status, reading: Reading, quote: Reading) -> tuple[str, str]:
    """`statusnet_html` and `friendica_html`. The first has the title and names the files, the second shows pictures."""
    html = reading.html
    if status.poll is not None:
        html += clean(_poll(status.poll, status.url))
    if status.quote_of is not None and not quoted_inside(status.quote_of, reading):
        html += clean(_quote(status.quote_of, quote))
    head = clean(" · ".join(heads(status)))
    titled = f"<h4>{escape(head, quote=False)}</h4><br>{html}" if head else html
    if not status.media:
        return titled, html
    files = [(item, url) for item in status.media if (url := address(item)) and url not in reading.text]
    names = [f"<p>{_anchor(url, escape(item.description or url))}</p>" for item, url in files]
    pictures = [f"<p>{_anchor(url, _picture(item, url))}</p>" for item, url in files]
    return titled + clean("".join(names)), html + clean("".join(pictures))


def _anchor(url: str, html: str) -> str:
    """Only web addresses become links."""
    return f'<a href="{escape(url)}" rel="{REL}">{html}</a>' if url.startswith(("https://", "http://")) else html


def _picture(media: hub.Media, url: str) -> str:
    text = escape(media.description)
    source = media.preview_url or (url if media.type == "image" else "")
    if media.type in {"image", "gifv", "video"} and source.startswith(("https://", "http://")):
        return f'<img src="{escape(source)}" alt="{text}">'
    return text or escape(url)


def _poll(poll: hub.Poll, url: str) -> str:
    rows = [f"<li>{escape(option.title, quote=False)}{votes(option.votes_count)}</li>" for option in poll.options]
    end = f"Closed, {poll.votes_count} votes" if poll.expired else _anchor(url, "Vote")
    return f"<ul>{''.join(rows)}</ul><p>{end}</p>"


def _quote(quoted: hub.Status, quote: Reading) -> str:
    who = escape(f"♲ @{quoted.account.acct}:", quote=False)
    return f"<blockquote><p>{_anchor(quoted.url or quoted.uri, who)}</p>{quote.html}</blockquote>"
