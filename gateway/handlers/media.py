"""media/metadata/create."""

from __future__ import annotations

import msgspec

from adapters.errors import Missing
from gateway.ask import Ask
from gateway.errors import ApiError
from gateway.params import clean
from gateway.replies import Empty, Reply


async def describe(ask: Ask) -> Reply:
    """Describe an uploaded picture that stands in no post yet (reference/wire-friendica.md section 13).

    A JSON body, or the same two as fields. One upstream call.
    """
    _check_document(ask)
    id, description = ask.id("media_id"), ask.text("alt_text")
    if id is None or description in {"", "{}", "null"}:
        raise ApiError(400, "Missing post data values")
    text = clean(_text_in(description).encode(), "alt_text").strip()
    if not text:
        raise ApiError(400, "No alt text.")
    native = (await ask.gateway.store.media_by_ids(ask.session.account.id, [id])).get(id)
    if native is None:
        raise _not_found()
    try:
        await ask.session.backend.describe(native, text)
    except Missing:
        raise _not_found() from None
    return Empty()


def _check_document(ask: Ask) -> None:
    document = ask.text("json")
    if not document and not ask.has("media_id") and not ask.has("alt_text"):
        raise ApiError(400, "No post data")
    if document and not _object(document):
        raise ApiError(400, "Invalid post data")


def _text_in(description: str) -> str:
    """`text` of the JSON object that the field holds; a field that holds none is the text itself."""
    text = _object(description).get("text", "") if description.lstrip().startswith("{") else description
    return text if isinstance(text, str) else ""


def _object(document: str) -> dict[str, object]:
    """A JSON object; empty for everything else."""
    try:
        return msgspec.json.decode(document, type=dict[str, object])
    except (ValueError, RecursionError):
        return {}


def _not_found() -> ApiError:
    return ApiError(400, "Metadata not found.")
