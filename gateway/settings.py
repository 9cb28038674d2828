"""Every setting of the gateway: name, default, meaning. The table for code, `docs/settings.md` and the environment.

A setting is read from the environment as OLDBIRD_<NAME>, else from the TOML file, else its default.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, get_type_hints

import msgspec
from msgspec import Meta

from gateway.logs import without
from gateway.problems import Problem

PREFIX = "OLDBIRD_"
FILE_VARIABLE = "OLDBIRD_CONFIG"
FOREIGN = ("OLDBIRD_TEST_", "OLDBIRD_BENCH_", "OLDBIRD_MOCK_", "OLDBIRD_LIVE_")
"""Variables of the test suite, the bench and the demo, which are no settings."""

Size = Annotated[int, Meta(ge=1024)]
Seconds = Annotated[float, Meta(gt=0)]
Host = Annotated[str, Meta(pattern=r"^[^\s/@]+:[0-9]{1,5}$")]
Listener = Annotated[str, Meta(pattern=r"^([^\s/@]+:[0-9]{1,5})?$")]
Url = Annotated[str, Meta(pattern=r"^(https?://[^\s/@?#]+(/[^\s?#]*)?)?$")]


ConsumerPair = Annotated[str, Meta(pattern=r"^[^\s=]{1,100}=[^\s=]{1,200}(=.{1,100})?$")]

SECRET = {"secret": True}
"""`Meta(extra=SECRET)` on a setting: neither `oldbird config` nor a log shows its value."""


class SettingsError(Problem):
    """A setting is unknown, or its value cannot be used."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """All settings. Sizes are bytes, times seconds."""

    data_dir: Annotated[
        Path,
        Meta(description="Folder of the SQLite file and of `server.key` (machines on one Redis share the key)."),
    ] = Path("var")
    store: Annotated[
        str,
        Meta(
            description="Store URL: `sqlite:///<file>`, `redis://`, `rediss://`, `redis+sentinel://` or "
            "`redis+cluster://`; empty: `oldbird.sqlite` in `data_dir`."
        ),
    ] = ""
    host: Annotated[
        str, Meta(min_length=1, description="Address to listen on, or `unix:` and the path of a socket.")
    ] = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65535, description="Port to listen on; 0 takes any free one.")] = 8090
    base_url: Annotated[
        Url,
        Meta(
            description="Public address of the gateway; empty: taken from each request.",
            examples=["https://gate.example"],
        ),
    ] = ""
    trusted_proxies: Annotated[
        tuple[str, ...],
        Meta(
            description="Addresses or networks whose `X-Forwarded-For`, `-Proto` and `-Host` are believed; `unix` for "
            "who comes over a socket."
        ),
    ] = ()
    plain_http: Annotated[
        Listener,
        Meta(
            description="`host:port` of a second listener without TLS, for devices in the own network; it has no web "
            "pages, and only logins made with `--plain-http` may use it. Empty: none.",
            examples=["192.168.1.5:8091"],
        ),
    ] = ""
    workers: Annotated[
        int, Meta(ge=1, le=64, description="Processes that answer requests on the same address; one a core is plenty.")
    ] = 1
    metrics: Annotated[
        Listener,
        Meta(
            description="`host:port` where Prometheus fetches `/metrics`, in the own network; further workers take the "
            "ports after it. Empty: none.",
            examples=["127.0.0.1:9100"],
        ),
    ] = ""
    allow_hosts: Annotated[
        tuple[Host, ...],
        Meta(
            description="Exact `host:port` pairs that may be private, loopback or plain http.",
            examples=["192.168.1.9:3000"],
        ),
    ] = ()
    anonymous: Annotated[
        Url,
        Meta(
            description="Server that is read for callers without a login, as an address; empty: they get a 401.",
            examples=["https://social.example"],
        ),
    ] = ""
    sign_up: Annotated[
        Literal["open", "instances", "people", "closed"],
        Meta(
            description="Who may link an account in the browser: anybody, people of `sign_up_instances`, those of "
            "`sign_up_people`, or nobody new. Who is linked can always sign in."
        ),
    ] = "open"
    sign_up_instances: Annotated[
        tuple[str, ...], Meta(description="Servers as people type them, such as `social.example`.")
    ] = ()
    sign_up_people: Annotated[
        tuple[str, ...],
        Meta(description="People by user name and the address of their server, such as `alice@social.example`."),
    ] = ()
    single_server: Annotated[
        Url,
        Meta(
            description="For a gateway of one person with everything in the configuration: the person's server. Needs "
            "`single_token` and `single_password`, and lets nobody else link an account.",
            examples=["https://social.example"],
        ),
    ] = ""
    single_actor: Annotated[
        str, Meta(description="In its place the person's ActivityPub actor: `user@host` or an address.")
    ] = ""
    single_token: Annotated[str, Meta(description="The person's access token there.", extra=SECRET)] = ""
    single_password: Annotated[
        str, Meta(description="The app password for the person's clients, 20 characters or more.", extra=SECRET)
    ] = ""
    forget_days: Annotated[
        int,
        Meta(ge=0, description="Drop post ids not asked for in so many days (daily, or `oldbird forget`); 0: never."),
    ] = 0
    auto_accept_follows: Annotated[
        bool,
        Meta(
            description="Accounts on ActivityPub servers let in whoever asks to follow them, when their timeline is "
            "read; no client of the old API can answer that."
        ),
    ] = False
    public_feeds: Annotated[
        tuple[str, ...],
        Meta(
            description="Readable collections in which ActivityPub servers list what everybody may read, such as "
            "`https://social.example/inbox`; the public timeline of accounts there is read from them."
        ),
    ] = ()
    refresh_minutes: Annotated[
        int,
        Meta(
            ge=0,
            le=1440,
            description="How often accounts on ActivityPub servers are read while no client asks, for people who said "
            "yes (`/settings`, `oldbird refresh`); 0: never.",
        ),
    ] = 0
    post_once_seconds: Annotated[int, Meta(ge=1, description="How long an equal post counts as the same one.")] = 60
    upstream_seconds: Annotated[Seconds, Meta(description="Time budget of one call to a backend.")] = 20.0
    request_seconds: Annotated[Seconds, Meta(description="Time budget of one request, and of a graceful stop.")] = 30.0
    upstream_bytes: Annotated[Size, Meta(description="Largest answer taken from a backend.")] = 16 * 1024 * 1024
    max_body: Annotated[
        Size, Meta(description="Largest request body taken from a client that has a login; others may send 1 MiB.")
    ] = 24 * 1024 * 1024
    fragment_bytes: Annotated[int, Meta(ge=0, description="Memory for rendered statuses kept between requests.")] = (
        32 * 1024 * 1024
    )
    upload_bytes: Annotated[
        Size,
        Meta(
            description="What the store holds of files that come in parts, before they are complete; one account may "
            "use a quarter, one file be as large as `max_body`."
        ),
    ] = 64 * 1024 * 1024
    photo_bytes: Annotated[Size, Meta(description="Largest photo or profile picture taken from a client.")] = (
        16 * 1024 * 1024
    )
    picture_bytes: Annotated[
        int, Meta(ge=0, description="Memory for photos and their small sizes kept between requests.")
    ] = 32 * 1024 * 1024
    id_entries: Annotated[int, Meta(ge=1, description="Ids kept in memory.")] = 50_000
    contact_seconds: Annotated[int, Meta(ge=1, description="Longest age of the contact list behind `following`.")] = 600
    consumers: Annotated[
        tuple[ConsumerPair, ...],
        Meta(
            description="OAuth consumers beside those that were made here: `key=secret` or `key=secret=name`, for "
            "programs that carry a pair of their own.",
            examples=["key=secret=A program"],
            extra=SECRET,
        ),
    ] = ()
    oauth_window: Annotated[
        int, Meta(ge=1, le=86_400, description="How far the clock of a client that signs its requests may be off.")
    ] = 300
    xauth: Annotated[
        bool, Meta(description="Clients may exchange a login name and an app password for an OAuth token.")
    ] = True
    local_activities: Annotated[
        bool,
        Meta(
            description="Keep dislikes and answers to events here, for the account itself, where the backend cannot "
            "carry them; else they answer 501."
        ),
    ] = False
    redis_unsafe: Annotated[
        bool, Meta(description="Start although Redis may lose or evict records; only warns then.")
    ] = False
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], Meta(description="Least severe log line that is written.")
    ] = "info"
    log_json: Annotated[bool, Meta(description="One JSON object a log line; false: plain text.")] = True

    @property
    def store_url(self) -> str:
        """`store`, else the SQLite file in the data folder."""
        return self.store or f"sqlite:///{self.data_dir / 'oldbird.sqlite'}"

    def make_data_dir(self) -> None:
        """Make `data_dir`, for its owner only, where it is missing. Raises SettingsError."""
        try:
            self.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise SettingsError(f"data_dir: {self.data_dir} cannot be made: {error.strerror}.") from error

    def __repr__(self) -> str:
        """Names and values, without what is secret: the store's URL may hold a password."""
        return without(self, "store", *(row.name for row in table() if row.secret))


class Setting(NamedTuple):
    """One row of the settings table. `kind` is the type for `msgspec.convert`, `type` its name for people.

    `example`: a value, where the type does not say enough. `secret`: its value is never shown (`SECRET` in the row).
    """

    name: str
    kind: Any
    type: str
    default: Any
    meaning: str
    example: str
    secret: bool


TYPE_NAMES: dict[Any, str] = {
    Path: "path",
    str: "text",
    int: "integer",
    float: "number",
    bool: "true or false",
    tuple: "list of texts",
}


def table() -> tuple[Setting, ...]:
    """Every setting, in the order of the class."""
    kinds = get_type_hints(Settings, include_extras=True)
    bare = get_type_hints(Settings)
    return tuple(
        Setting(
            name=field.name,
            kind=kinds[field.name],
            type=_type_name(bare[field.name]),
            default=field.default,
            meaning=_meaning(kinds[field.name]),
            example=next((str(meta.examples[0]) for meta in _metas(kinds[field.name]) if meta.examples), ""),
            secret=any(meta.extra == SECRET for meta in _metas(kinds[field.name])),
        )
        for field in msgspec.structs.fields(Settings)
    )


def _type_name(kind: Any) -> str:
    if choices := getattr(kind, "__args__", ()):
        kind = getattr(kind, "__origin__", kind)
        if kind is Literal:
            return ", ".join(f"`{choice}`" for choice in choices)
    return TYPE_NAMES[kind]


def _meaning(kind: Any) -> str:
    return next((meta.description for meta in reversed(_metas(kind)) if meta.description), "")


def _metas(kind: Any) -> tuple[Meta, ...]:
    return getattr(kind, "__metadata__", ())


def load(environ: Mapping[str, str], file: Path | None = None) -> Settings:
    """Settings from `environ` over the TOML `file` (else the one OLDBIRD_CONFIG names) over the defaults.

    An empty variable counts as absent. Raises SettingsError, which names the setting and never its value.
    """
    given = environ.get(FILE_VARIABLE, "")
    path = file or (Path(given) if given else None)
    values = _from_file(path) if path else {}
    values.update(_from_environment(environ))
    values["base_url"] = values.get("base_url", "").rstrip("/")
    return Settings(**values)


def _from_file(path: Path) -> dict[str, Any]:
    try:
        found = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"The settings file {path} cannot be read: {_why(error)}.") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"The settings file {path} is not TOML: {error}.") from error
    rows = {row.name: row for row in table()}
    for name in found:
        if name not in rows:
            raise SettingsError(f"{path}: there is no setting named {name}.")
    return {name: _convert(f"{path}: {name}", rows[name], value) for name, value in found.items()}


def _why(error: Exception) -> str:
    return (isinstance(error, OSError) and error.strerror) or "it is not UTF-8"


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    rows = {PREFIX + row.name.upper(): row for row in table()}
    values = {}
    for name, text in environ.items():
        if not name.startswith(PREFIX) or name.startswith(FOREIGN) or name == FILE_VARIABLE:
            continue
        if name not in rows:
            raise SettingsError(f"{name}: there is no setting of that name.")
        if text:
            row = rows[name]
            values[row.name] = _convert(name, row, _words(text) if isinstance(row.default, tuple) else text, text=True)
    return values


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _convert(label: str, row: Setting, value: Any, *, text: bool = False) -> Any:
    """`value` as `row` wants it; `text`: it came as text, so "1" may be a number."""
    try:
        return msgspec.convert(value, row.kind, strict=not text, dec_hook=_path)
    except msgspec.ValidationError as error:
        raise SettingsError(f"{label}: {_expected(row, str(error))}.") from error


def _expected(row: Setting, text: str) -> str:
    """What msgspec says, in the words of the table where it names a pattern or repeats the value; never the value."""
    wanted = f"{row.type}, such as `{row.example}`" if row.example else row.type
    what, at, where = text.partition(" - at ")
    if what.startswith("Invalid enum value"):
        return f"Expected one of {wanted}"
    return f"Expected {wanted}{at}{where}" if "regex" in what else f"{what} ({wanted}){at}{where}"


def _path(kind: type, value: Any) -> Any:
    if kind is Path and isinstance(value, str) and value:
        return Path(value)
    raise ValueError(f"Expected a path, got {type(value).__name__}")


INTRODUCTION = f"""# Settings

This page is generated from the settings table (`gateway/settings.py`) by `oldbird config --markdown`.

A setting is read from the environment as `{PREFIX}<NAME>`, else from the TOML file that `--config` or `{FILE_VARIABLE}`
names, else it has its default. Lists are TOML arrays; in the environment commas separate their items. Sizes are bytes,
times seconds. An empty variable counts as absent; an unknown name or an unusable value stops the start with a line that
names it. `oldbird config` shows what is in force, with passwords hidden.

On Kubernetes set `enableServiceLinks: false`, or a service called `oldbird` fills `OLDBIRD_PORT` with something else.

| setting | environment | type | default | meaning |
|---|---|---|---|---|
"""


def document() -> str:
    """The text of `docs/settings.md`."""
    rows = (
        f"| `{row.name}` | `{PREFIX}{row.name.upper()}` | {row.type} | {shown(row.default)} | {row.meaning} |\n"
        for row in table()
    )
    return INTRODUCTION + "".join(rows)


def shown(value: Any) -> str:
    """A value as TOML would write it, in code marks."""
    if isinstance(value, Path):
        value = str(value)
    return f"`{msgspec.json.encode(value).decode()}`"
