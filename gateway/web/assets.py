"""The style sheet, the one script and the icon: small, in memory, named by what they hold."""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

FOLDER = Path(__file__).parent / "static"
TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
FOR_EVER = "public, max-age=31536000, immutable"
BRIEFLY = "public, max-age=300"
TAG_BYTES = 8


class Asset(NamedTuple):
    """A file: its bytes, media type, and a tag that changes with the bytes."""

    data: bytes
    type: str
    tag: str


@cache
def assets() -> dict[str, Asset]:
    """All files by name."""
    return {path.name: _read(path) for path in sorted(FOLDER.iterdir()) if path.suffix in TYPES}


def _read(path: Path) -> Asset:
    data = path.read_bytes()
    return Asset(data, TYPES[path.suffix], blake2b(data, digest_size=TAG_BYTES).hexdigest())


def asset_path(name: str) -> str:
    """The path of a file, different for each version of it."""
    return f"/static/{name}?v={assets()[name].tag}"


async def static(request: Request) -> Response:
    """One file; for ever when its own version is asked for."""
    found = assets().get(request.path_params["name"])
    if found is None:
        return PlainTextResponse("Not Found", 404)
    current = request.query_params.get("v") == found.tag
    headers = {"Cache-Control": FOR_EVER if current else BRIEFLY, "Content-Type": found.type}
    return Response(found.data, headers={**headers, "X-Content-Type-Options": "nosniff"})
