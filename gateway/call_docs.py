"""`docs/calls.md`, written from the endpoint table. `python -m gateway.call_docs > docs/calls.md` writes it anew."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from gateway.call_rows import TABLE
from gateway.calls import ANY, Call, Need, Param, Type
from gateway.dialects import MOUNTS

INTRODUCTION = """# Calls

This page is generated from the endpoint table (`gateway/rows/`) by `python -m gateway.call_docs`.

Every call answers below each of these mounts: {mounts}.
Doubled and trailing slashes do not matter, and no spelling of a call is redirected to another. The extension chooses
the format (`.json`, `.xml`; lists of statuses also as `.rss` and `.atom`; other calls send the XML document under those
two); no extension is the first format of the call, nearly always JSON. Parameters are read from the query and the body
alike, the body first, whatever its content type: form, multipart, JSON. An empty parameter is an absent one, a `0`
where an id belongs as well. Lists take `name=1,2`, `name[]=1&name[]=2` and `name=1&name=2`. With `callback=` in the
query JSON comes as JSONP. `*` means every method; where GET is allowed HEAD is too.

| type | how it is read |
|---|---|
{types}
"""

TYPES = {
    Type.TEXT: "UTF-8 text",
    Type.COUNT: "positive integer; what is none means the default, what is too large the largest",
    Type.ID: "positive integer",
    Type.FLAG: "`true` `1` `t` `yes` `on`, or `false` `0` `f` `no` `off`, in any case",
    Type.LIST: "several texts",
    Type.NUMBER: "decimal number",
    Type.FILES: "pictures: multipart, or base64 text in the field",
}

DONE, PLANNED = "works", "planned, answers 501"


def document() -> str:
    """The text of `docs/calls.md`."""
    mounts = ", ".join(f"`/{mount}`" for mount in MOUNTS)
    types = "\n".join(f"| {type} | {text} |" for type, text in TYPES.items())
    parts = [INTRODUCTION.format(mounts=mounts, types=types), _overview(TABLE)]
    parts += [_section(call) for call in TABLE]
    return "\n".join(parts)


def planned() -> tuple[str, ...]:
    """A line for each call that is still to come: its path and what it is for."""
    return tuple(f"{call.path}: {call.doc}" for call in TABLE.planned())


def _overview(calls: Iterable[Call]) -> str:
    head = "| call | methods | login | formats | state |\n|---|---|---|---|---|\n"
    return head + "".join(
        f"| {' '.join(f'`{path}`' for path in call.paths)} | {_methods(call)} | {_login(call)} "
        f"| {' '.join(call.formats)} | {_state(call)} |\n"
        for call in calls
    )


def _section(call: Call) -> str:
    lines = [f"## {call.path}", "", call.doc, ""]
    if call.aliases:
        lines.append(f"* also: {_code(call.aliases)}")
    lines.append(f"* methods: {_methods(call)}; login: {_login(call)}; {_state(call)}")
    if call.tail:
        parts = "".join(f"/<{name}>" for name in call.tail.split("/"))
        lines.append(f"* in the path: `{call.path}{parts}`")
    if call.root:
        lines.append(f"* XML: `<{call.root}>`" + (f" of `<{call.item}>`" if call.item else ""))
    lines += [_need(need) for need in call.needs]
    if not call.spec:
        lines.append("* not in the specification")
    if call.ignored:
        lines.append(f"* accepted without effect: {_code(call.ignored)}")
    return "\n".join(lines) + "\n" + _parameters(call.params)


def _need(need: Need) -> str:
    if need.instead:
        return f"* without `{need.capability}`: {need.instead}"
    return f"* [needs](compatibility.md) `{need.capability}`" + (f" for {need.use}" if need.use else "")


def _parameters(params: tuple[Param, ...]) -> str:
    if not params:
        return ""
    rows = (
        f"| {_code((param.name, *param.aliases))} | {param.type} | {_default(param)} | {param.cap or ''} "
        f"| {param.doc} |\n"
        for param in params
    )
    return "\n| parameter | type | default | at most | meaning |\n|---|---|---|---|---|\n" + "".join(rows)


def _default(param: Param) -> str:
    if param.default is None:
        return ""
    return str(param.default).lower()


def _methods(call: Call) -> str:
    return "*" if call.methods == ANY else ", ".join(method for method in call.methods if method != "HEAD")


def _login(call: Call) -> str:
    if call.auth:
        return "write" if call.write else "read"
    return "read, or the anonymous backend" if call.anonymous else "none"


def _state(call: Call) -> str:
    return DONE if call.handler else PLANNED


def _code(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


if __name__ == "__main__":
    sys.stdout.write(document())
