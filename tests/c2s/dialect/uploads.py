"""uploadMedia in the form of the W3C wiki, and the files themselves, which follow the addressing of their object."""

from __future__ import annotations

import secrets
from pathlib import PurePath
from typing import Any

import msgspec
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from tests.c2s.dialect.delivery import Post
from tests.c2s.dialect.verbs import as_activity
from tests.c2s.dialect.views import CONTEXT
from tests.c2s.dialect.wire import reply
from tests.c2s.dialect.world import PUBLIC, Json, Refusal, Stored, World, id_of


async def upload(post: Post, request: Request, actor: str) -> Response:
    """`file` and `object`, both as file parts. Answers with the activity that made the object."""
    async with request.form() as form:
        file, shell = await _part(form, "file"), await _part(form, "object")
    try:
        data = as_activity(msgspec.json.decode(shell[0]))
    except msgspec.DecodeError as bad:
        raise Refusal(500, str(bad)) from bad
    path = f"{secrets.token_urlsafe(16)[:21]}{PurePath(file[1]).suffix}"
    url = f"{post.world.base_url}/uploads/{path}"
    if isinstance(data.get("object"), dict):
        link = {"type": "Link", "href": url, "mediaType": file[2]}
        data = data | {"object": data["object"] | {"url": link}}
    done = await post.perform(actor, data)
    post.world.uploads[path] = Stored(file[0], str(id_of(done["object"])))
    return reply(request, {"@context": CONTEXT} | done, 201, headers={"location": done["id"]})


async def pleroma(post: Post, request: Request, actor: str) -> Response:
    """The dialect of Pleroma: `file` and `description`; the answer is the object, public, and no activity is made."""
    async with request.form() as form:
        data, name, kind = await _part(form, "file")
        path = f"{secrets.token_urlsafe(16)[:21]}{PurePath(name).suffix}"
        url = {"type": "Link", "href": f"{post.world.base_url}/uploads/{path}", "mediaType": kind}
        made = {"type": "Document", "mediaType": kind, "name": str(form.get("description", "")), "url": [url]}
    id_ = post.world.save(made | {"to": [PUBLIC]}, actor)
    post.world.uploads[path] = Stored(data, id_)
    return reply(request, made | {"id": id_, "actor": actor}, 201, headers={"location": id_})


async def _part(form: Any, name: str) -> tuple[bytes, str, str]:
    part = form.get(name)
    if not isinstance(part, UploadFile):
        raise Refusal(400, f"Missing {name}")
    return await part.read(), part.filename or "", part.content_type or ""


def served(world: World, path: str, reader: str | None) -> Response:
    """A file. Its type is what the object says, or the word `undefined`."""
    stored = world.uploads.get(path)
    if stored is None:
        raise Refusal(404, "Upload record not found")
    allowed(world, stored.object, reader, path)
    document: Json = world.documents.get(stored.object, {})
    return Response(stored.data, headers={"content-type": document.get("mediaType", "undefined")})


def allowed(world: World, id_: str, reader: str | None, shown: str) -> None:
    """Turns away who must not read a document."""
    if world.readable(id_, reader):
        return
    if reader:
        raise Refusal(403, "Not authorized to read this object")
    raise Refusal(401, f"You must provide credentials to read {shown}")
