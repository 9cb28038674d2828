"""The writing half. Every answer is built from what the server said to the write; nothing is re-read."""

from __future__ import annotations

from typing import Any

import httpx2 as httpx
import msgspec

from adapters.backend import LOCAL_BOOST, Draft, File
from adapters.errors import Missing, OutcomeUnknown, Slow, Unsupported
from adapters.lacks import refusal
from adapters.mastodon import wire
from adapters.mastodon.decode import id_of, one
from adapters.mastodon.reading import STATUS, Reading
from adapters.transport import Answer
from adapters.upstream import json_only
from mappings import dates, hub

FAVOURITE, UNFAVOURITE = "/api/v1/statuses/{}/favourite", "/api/v1/statuses/{}/unfavourite"
REBLOG, UNREBLOG = "/api/v1/statuses/{}/reblog", "/api/v1/statuses/{}/unreblog"
MEDIA = "/api/v1/media/{}"

LOOKS, FIRST_WAIT, LONGEST_WAIT = 20, 0.2, 2.0
"""How often, and after how many seconds, an upload is looked at until the server is done with it."""


class Writing(Reading):
    """Writes with one token to one instance."""

    async def post(self, draft: Draft) -> hub.Entry:
        """A new status. Raises OutcomeUnknown when it cannot be told whether it was stored."""
        headers = [("Idempotency-Key", draft.idempotency_key)] if draft.idempotency_key else []
        body = self.body(draft)
        answer = await self.instance.upstream.write("POST", "/api/v1/statuses", self.token, json=body, headers=headers)
        return self.told(answer)

    def body(self, draft: Draft) -> dict[str, Any]:
        """The JSON of a new status. Raises Unsupported, Missing."""
        fields = self.source(draft) | {
            "visibility": self.visibility(draft),
            "spoiler_text": draft.title,
            "sensitive": draft.sensitive,
            "language": draft.language,
            "media_ids": list(draft.media),
            "in_reply_to_id": draft.in_reply_to and self.known(draft.in_reply_to),
        }
        return {name: value for name, value in fields.items() if value}

    def source(self, draft: Draft) -> dict[str, Any]:
        """The text of a status, and how it is to be read: HTML where the server takes it."""
        software = self.instance.software
        html = bool(draft.html and software.html_type)
        return {
            "status": draft.html if html else draft.text,
            "content_type": software.html_type if html else software.plain_type,
        }

    def visibility(self, draft: Draft) -> str:
        """Who may read it; a list of contacts where the server takes one. Raises Unsupported."""
        if not draft.lists:
            return draft.visibility.value
        if not self.capabilities.list_addressing or len(draft.lists) > 1:
            raise refusal(self.capabilities, "list_addressing")
        return f"list:{draft.lists[0]}"

    def known(self, native: str) -> str:
        """An id that goes into a body. Raises Missing for what cannot be one here."""
        self.instance.path("{}", native)
        return native

    def told(self, answer: Answer) -> hub.Entry:
        """The status in the answer to a write. Raises OutcomeUnknown when there is none."""
        if not id_of(answer.body):
            raise OutcomeUnknown("The server gave no readable answer to a change.")
        return self.entry(answer.body)

    def changed_one(self, answer: Answer) -> hub.Entry:
        """The same where it is no boost."""
        return self.reader.original(self.told(answer).raw)

    async def act(self, form: str, native: str) -> Answer:
        """POST to a status."""
        return await self.instance.upstream.write("POST", self.instance.path(form, native), self.token)

    async def favourite(self, native: str) -> hub.Entry:
        """Like an original."""
        return self.changed_one(await self.act(FAVOURITE, native))

    async def unfavourite(self, native: str) -> hub.Entry:
        """Take a like back."""
        return self.changed_one(await self.act(UNFAVOURITE, native))

    async def reblog(self, native: str) -> hub.Entry:
        """The new boost. Takahe answers with the original; there the boost is put around it here."""
        entry = self.told(await self.act(REBLOG, native))
        if entry.status.reblog_of:
            return entry
        return self.entry(self.boost(entry, await self.own_account()))

    def boost(self, original: hub.Entry, booster: bytes) -> bytes:
        """A boost as other servers would have sent it, dated now, with an id that only this adapter knows."""
        status = original.status
        return msgspec.json.encode(
            {
                "id": LOCAL_BOOST + status.native,
                "created_at": dates.from_milliseconds(int(self.instance.clock() * 1000)),
                "account": msgspec.Raw(booster),
                "visibility": status.visibility,
                "url": status.url,
                "uri": status.uri,
                "reblog": msgspec.Raw(original.raw),
            }
        )

    async def unreblog(self, native: str) -> None:
        """Take the boost of an original back."""
        path = self.instance.path(UNREBLOG, native)
        await self.instance.upstream.call("POST", path, self.token)

    async def remove(self, native: str) -> None:
        """Delete an own status. A boost without an id of its own is taken back at its original."""
        if native.startswith(LOCAL_BOOST):
            await self.unreblog(native.removeprefix(LOCAL_BOOST))
        elif self.instance.software.wrapper_by_case and native != native.lower():
            await self.unreblog(native.lower())
        else:
            await self.instance.upstream.call("DELETE", self.instance.path(STATUS, native), self.token)

    async def upload(self, file: File) -> hub.Upload:
        """Store a file and wait until it can be attached. Raises Slow when the server takes too long over it."""
        try:
            answer = await self.send_file("/api/v2/media", file)
        except (Missing, Unsupported):
            answer = await self.send_file("/api/v1/media", file)
        media, wait = one(answer.body, wire.Media), FIRST_WAIT
        for _ in range(LOOKS):
            if answer.status == 200 and media.url:
                return hub.Upload(
                    native=media.native,
                    url=media.url,
                    preview_url=media.preview_url,
                    width=media.width,
                    height=media.height,
                )
            await self.instance.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT)
            answer = await self.get(self.instance.path(MEDIA, media.native))
            media = one(answer.body, wire.Media)
        raise Slow("The server is still working on the picture.")

    async def send_file(self, path: str, file: File) -> Answer:
        """An upload."""
        data = {"description": file.description} if file.description else {}
        return json_only(await self.send_form("POST", path, data, {"file": file}))

    async def send_form(self, method: str, path: str, data: dict[str, str], files: dict[str, File]) -> Answer:
        """A form, multipart where it holds files. Raises BackendError."""
        parts = {name: (file.name, file.data, file.mime) for name, file in files.items()}
        form = httpx.Request(method, self.base_url + path, data=data or None, files=parts or None)
        content = form.read()
        headers = [("Content-Type", form.headers["content-type"])] if content else []
        return await self.instance.upstream.call(method, path, self.token, content=content, headers=headers)
