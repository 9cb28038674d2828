"""The store: whether it opens, is whole and lasts, who is in it, and whether the server key is its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from gateway import cli_info
from gateway.doctor.findings import Finding, fail, ok, warn
from gateway.doctor.local import START
from gateway.doctor.looking import Looked, LookedAt, keeps_log, looked_at, sqlite_file
from gateway.key_file import KeyFile, Keys
from gateway.rotation import WRAPPED, Renewal, renewed_record
from gateway.settings import Settings
from gateway.stores.sqlite_schema import VERSION
from gateway.stores.store import AccountRecord, LoginRecord, StoreDown
from gateway.vault import Vault

if TYPE_CHECKING:
    from gateway.doctor.looking_redis import RedisLook

THOUSAND_STEPS = 20_000
"""How far a file is looked through: some seconds."""
MOST_LOGINS = 2000
NETWORKS = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "ceph", "glusterfs"})
"""File systems on which several machines see a file, and SQLite's log cannot be shared."""
REDIS_DOUBTS = {
    "aof_enabled": ("Redis forgets what it holds when it stops.", "Set appendonly yes."),
    "maxmemory_policy": ("Redis throws records away when its memory is full.", "Set maxmemory-policy noeviction."),
}


class Linked(msgspec.Struct, frozen=True, kw_only=True):
    """Who is linked, as the store has it. `logins` by the id of the account."""

    accounts: tuple[AccountRecord, ...] = ()
    logins: dict[str, tuple[LoginRecord, ...]] = {}

    @property
    def devices(self) -> tuple[LoginRecord, ...]:
        """All logins."""
        return tuple(login for found in self.logins.values() for login in found)


async def store(settings: Settings, keys: Keys | None) -> tuple[Linked, list[Finding]]:
    """The store, who is in it, and whether the key opens what is sealed there."""
    file = sqlite_file(settings)
    if file is not None and not file.exists():
        advice = "Nothing, if this gateway is new; else look whether `store` and `data_dir` are those it is run with."
        return Linked(), [warn("store", f"There is no {file} yet: {START}.", advice)]
    try:
        async with looked_at(settings) as looked:
            found = await _sqlite(looked) if isinstance(looked, LookedAt) else await _redis(looked, settings)
            linked = await _linked(looked)
            sealed = await _sealed(looked, linked, keys) if keys else []
    except StoreDown as error:
        where = cli_info.masked(settings.store_url)
        return Linked(), [fail("store", f"{where}: {error}.", "Nothing works without it.")]
    missing = _missing(settings, linked) if keys is None else []
    return linked, [*found, *sealed, *missing, *_accounts(linked)]


def file_system(path: Path, mounts: Path) -> str:
    """The kind of file system a file is on, "" when unknown. `mounts` is a file like /proc/mounts."""
    best, kind, here = "", "", path.resolve()
    try:
        lines = mounts.read_text("utf-8", "replace").splitlines()
    except OSError:
        return ""
    for words in map(str.split, lines):
        if len(words) > 2 and here.is_relative_to(words[1]) and len(words[1]) >= len(best):
            best, kind = words[1], words[2]
    return kind


async def _sqlite(looked: LookedAt) -> list[Finding]:
    path, version = looked.path, await looked.schema()
    kind, found = file_system(path, Path("/proc/mounts")), []
    if kind in NETWORKS:
        text = f"{path} is on a network file system ({kind}), where SQLite loses what several processes write."
        found.append(fail("store", text, "Put data_dir on a disk of this machine, or use Redis."))
    if not keeps_log(path):
        text = f"{path} does not write a log first: a crash may damage it."
        found.append(warn("store", text, "oldbird serve sets that; if it stays so, its file system cannot do it."))
    if version > VERSION:
        found.append(_too_new(version, VERSION))
    damage = await looked.damage(THOUSAND_STEPS)
    if damage:
        found.append(fail("store", f"{path} is damaged: {damage}.", "Put a backup in its place."))
    return found or [ok("store", _sqlite_words(version, damage, await looked.counts()))]


def _sqlite_words(version: int, damage: str | None, counts: dict[str, int]) -> str:
    state = "" if version == VERSION else f", which the next start brings to {VERSION}"
    whole = "too large to be looked through here" if damage is None else "undamaged"
    return f"SQLite, schema {version}{state}, {whole}; {_counted(counts)}."


def _counted(counts: dict[str, int]) -> str:
    shown = ("accounts", "logins", "statuses", "people")
    return ", ".join(f"{counts.get(name, 0):,} {name}" for name in shown) + f", {counts.get('bytes', 0):,} bytes"


async def _redis(looked: RedisLook, settings: Settings) -> list[Finding]:
    from gateway.stores.redis_base import SCHEMA  # noqa: PLC0415 - importing redis is slow

    version, doubts = await looked.schema(), dict.fromkeys(REDIS_DOUBTS, False)
    for info in await looked.infos():
        doubts["aof_enabled"] |= not info.get("aof_enabled")
        doubts["maxmemory_policy"] |= info.get("maxmemory_policy") != "noeviction"
    said = warn if settings.redis_unsafe else fail
    found = [said("store", *REDIS_DOUBTS[name]) for name, there in doubts.items() if there]
    if version > SCHEMA:
        found.append(_too_new(version, SCHEMA))
    return found or [ok("store", f"Redis, schema {version}, persistent; {_counted(await looked.counts())}.")]


def _too_new(version: int, known: int) -> Finding:
    text = f"The store has schema {version}; this release knows schemas up to {known}."
    return fail("store", text, "Use the newer release that wrote it.")


async def _linked(looked: Looked) -> Linked:
    accounts = await looked.accounts()
    return Linked(accounts=accounts, logins={account.id: await looked.logins(account.id) for account in accounts})


async def _sealed(looked: Looked, linked: Linked, keys: Keys) -> list[Finding]:
    """Whether the key is that of this store: the outer seal is opened of all there is; what is inside takes a client's
    secret."""
    vault = Vault(keys)
    renewals = [_outer(vault, login) for login in linked.devices[:MOST_LOGINS]]
    for kind, field in WRAPPED.items():
        for value in (await looked.records("", kind)).values():
            renewals.append(renewal := Renewal(vault.rewrap))
            renewed_record(value, field, renewal)
    closed = sum(renewal.unreadable > 0 for renewal in renewals)
    if closed:
        text = f"The server key does not open {closed:,} of {len(renewals):,} secrets in the store."
        return [fail("key", text, "It is perhaps the key of another store: look for the right one in a backup.")]
    opened = f"it opens all {len(renewals):,} secrets in the store" if renewals else "nothing is sealed yet"
    return [ok("key", f"The server key is its owner's alone, and {opened}.")]


def _outer(vault: Vault, login: LoginRecord) -> Renewal:
    """Of one login. Nothing is written: what would be is thrown away."""
    renewal = Renewal(lambda sealed: vault.reseal(sealed, login.public))
    renewal.of(login.sealed)
    renewal.of(login.secret)
    return renewal


def _missing(settings: Settings, linked: Linked) -> list[Finding]:
    if not linked.devices or KeyFile(settings.data_dir).stamp() is not None:
        return []
    text = f"Accounts are linked, but {KeyFile(settings.data_dir).path} is missing: nobody can sign in."
    return [fail("key", text, "Put the file back from a backup; or start with an empty store and link them again.")]


def _accounts(linked: Linked) -> Iterator[Finding]:
    for account in linked.accounts:
        if account.broken:
            text = f"{account.login}: {account.backend} no longer accepts the stored login."
            yield warn("accounts", text, f"{account.login} links again at /connect, or: oldbird link.")
        elif not linked.logins[account.id]:
            text = f"{account.login} has no login: nobody can use the account."
            yield warn("accounts", text, "It was imported, or all were revoked: link it again, or oldbird unlink it.")
    if not linked.accounts:
        yield warn("accounts", "Nobody is linked yet.", "Open /connect in a browser, or: oldbird link.")
