"""The HTTP side: which path does what."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.c2s.dialect import oauth, uploads
from tests.c2s.dialect.delivery import PEER, Post
from tests.c2s.dialect.strange import Strange
from tests.c2s.dialect.tokens import BadToken
from tests.c2s.dialect.verbs import as_activity
from tests.c2s.dialect.views import CONTEXT, answer, stored
from tests.c2s.dialect.wire import CHALLENGE, caller, problem, reply, required
from tests.c2s.dialect.world import Json, Refusal, World, as_list

JRD = "application/jrd+json; charset=utf-8"
Handler = Callable[[Request], Awaitable[Response]]


@dataclass
class Site:
    """One server. `asked` are the requests of clients, without those of other servers: method, path, status."""

    world: World
    post: Post
    strange: Strange = field(default_factory=Strange)
    asked: list[tuple[str, str, int]] = field(default_factory=list)

    def app(self) -> Starlette:
        """The ASGI application."""
        table: tuple[tuple[str, str, Handler], ...] = (
            ("GET", "/.well-known/webfinger", self.webfinger),
            ("GET", "/.well-known/oauth-authorization-server", self.metadata),
            ("POST", "/endpoint/proxyUrl", self.proxy),
            ("GET POST", "/login", lambda request: oauth.login(self.world, request)),
            ("GET POST", "/endpoint/oauth/authorize", lambda request: oauth.authorize(self.world, request)),
            ("POST", "/endpoint/oauth/token", lambda request: oauth.token(self.world, request)),
            ("POST", "/endpoint/oauth/registration", self.registration),
            ("POST", "/endpoint/upload", self.upload),
            ("GET", "/uploads/{path:path}", self.file),
            ("GET", "/{type}/{id}", self.read),
            ("POST", "/{type}/{id}", self.write),
        )
        routes = [Route(path, self.guarded(handler), methods=methods.split()) for methods, path, handler in table]
        return Starlette(routes=routes, exception_handlers={404: _no_route, 405: _no_route})

    def guarded(self, handler: Handler) -> Handler:
        """Counted, broken on purpose where a test says so, refusals as problem bodies."""

        async def guarded(request: Request) -> Response:
            response = await self.strange.before(request) or await self.handled(handler, request)
            if PEER not in request.headers:
                self.asked.append((request.method, request.url.path, response.status_code))
            return response

        return guarded

    async def handled(self, handler: Handler, request: Request) -> Response:
        """The right answer."""
        try:
            return await handler(request)
        except BadToken as bad:
            return problem(401, str(bad), {"www-authenticate": CHALLENGE})
        except Refusal as refusal:
            return problem(refusal.status, refusal.detail)

    def lacks(self, feature: str) -> None:
        """404 where a test took the feature away."""
        if feature in self.strange.missing:
            raise Refusal(404, "No such route")

    async def webfinger(self, request: Request) -> Response:
        """acct: and https: resources (http: too, this server has no other)."""
        self.lacks("webfinger")
        resource, host = request.query_params.get("resource"), urlsplit(self.world.base_url).netloc
        if not resource:
            raise Refusal(400, "Missing resource")
        if resource.startswith(("https:", "http:")):
            person = self.world.person_of(resource)
        elif resource.startswith("acct:") and "@" in resource:
            name, _, where = resource.removeprefix("acct:").partition("@")
            person = self.world.people.get(name) if where == host else None
        else:
            raise Refusal(400, "Unsupported protocol")
        if person is None:
            raise Refusal(404, "User not found")
        links = [{"rel": "self", "type": "application/activity+json", "href": person.actor}]
        body = {"subject": f"acct:{person.name}@{host}", "links": links}
        return reply(request, self.strange.shown(str(request.url), body), kind=JRD)

    async def metadata(self, request: Request) -> Response:
        """OAuth endpoints."""
        self.lacks("metadata")
        return oauth.metadata(self.world, request)

    async def registration(self, request: Request) -> Response:
        """A new OAuth client."""
        self.lacks("registration")
        return await oauth.registration(self.world, request)

    async def upload(self, request: Request) -> Response:
        """A file and its object."""
        self.lacks("uploadMedia")
        take = uploads.pleroma if self.strange.pleroma else uploads.upload
        return await take(self.post, request, required(self.world, request)["subject"])

    async def file(self, request: Request) -> Response:
        """An uploaded file."""
        return uploads.served(self.world, request.path_params["path"], caller(self.world, request).get("subject"))

    async def proxy(self, request: Request) -> Response:
        """Form field `id`: a document of this or another server, for its owner's eyes."""
        self.lacks("proxyUrl")
        reader = required(self.world, request)["subject"]
        id_ = str((await request.form()).get("id") or "")
        if not id_:
            raise Refusal(400, "Missing id")
        if id_ in self.world.documents and self.world.mine(id_):
            found = self.strange.shown(id_, stored(self.world, id_))
        else:
            found = await self.post.fetch(id_, reader)
        if found is None:
            raise Refusal(404, "Object not found")
        return reply(request, found, 410 if found.get("type") == "Tombstone" else 200)

    async def read(self, request: Request) -> Response:
        """A document. Accept is not looked at; with a query it is another id."""
        path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        said = caller(self.world, request)
        if said and "read" not in said["scope"].split():
            raise Refusal(403, "Missing read scope")
        return self.shown(request, self.world.base_url + path, said.get("subject"))

    def shown(self, request: Request, id_: str, reader: str | None) -> Response:
        """A document as `reader` may see it."""
        if id_ not in self.world.documents:
            if id_ in self.strange.changed:
                return reply(request, self.strange.changed[id_](None))
            raise Refusal(404, "Object not found")
        uploads.allowed(self.world, id_, reader, id_.removeprefix(self.world.base_url))
        body = self.strange.shown(id_, answer(self.world, id_, reader))
        gone = isinstance(body, dict) and body.get("type") == "Tombstone"
        return reply(request, body, 410 if gone else 200)

    async def write(self, request: Request) -> Response:
        """The outbox of its owner, the inbox of other servers."""
        id_ = self.world.base_url + request.url.path
        document = self.world.documents.get(id_)
        if document is None:
            raise Refusal(500, "Invalid object")
        said, owner = caller(self.world, request), self.world.documents.get(self.world.owners[id_], {})
        if id_ == owner.get("outbox"):
            return await self.outbox(request, owner["id"], said)
        if id_ == owner.get("inbox"):
            return await self.inbox(request, owner["id"], said)
        raise Refusal(405, "You cannot POST to this object")

    async def outbox(self, request: Request, owner: str, said: Json) -> Response:
        """201 with Location and the whole activity."""
        if said.get("subject") != owner:
            raise Refusal(403, "You cannot post to this outbox")
        if "write" not in said["scope"].split():
            raise Refusal(403, "This app does not have permission to write to this outbox")
        known = "json" in request.headers.get("content-type", "")
        data = as_activity(_json(await request.body()) if known else {})  # nothing is read, 201 all the same: measured
        if self.strange.swallows.intersection(as_list(data.get("type"))):
            return Response(b"[]", media_type="application/json")
        done = await self.post.perform(owner, data)
        return reply(request, {"@context": CONTEXT} | done, 201, headers={"location": done["id"]})

    async def inbox(self, request: Request, owner: str, said: Json) -> Response:
        """Another server delivers."""
        sender = said.get("subject")
        if not sender:
            raise Refusal(401, "Invalid HTTP signature")
        if self.world.person_of(sender):
            raise Refusal(403, "Remote delivery only")
        data = _json(await request.body())
        await self.post.accept(owner, sender, data)
        return reply(request, data, 202)


def _json(body: bytes) -> Json:
    try:
        data: Any = msgspec.json.decode(body)
    except msgspec.DecodeError as bad:
        raise Refusal(400, str(bad)) from bad
    if not isinstance(data, dict):
        raise Refusal(400, "Not an object")
    return data


async def _no_route(request: Request, error: Exception) -> Response:
    return problem(404, "No such route")
