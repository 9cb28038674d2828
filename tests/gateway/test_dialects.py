"""Dialects as data: what presets change, what agents may, and the page that tells it."""

from __future__ import annotations

import inspect
from pathlib import Path

import msgspec
import pytest

from gateway.client_docs import FIELDS, document
from gateway.client_presets import IDS, PRESETS, ROWS
from gateway.dialects import AGENTS, BASES, FRIENDICA, MOUNTS, TWITTER, Dialect, by_agent, dialect_of, widths
from gateway.logins import Device, Logins
from gateway.vault import open_vault
from gateway.web.texts import LANGUAGES, Texts
from tests import shapes
from tests.gateway_harness import TOKEN, Ground

PAGE = Path(__file__).parents[2] / "docs" / "clients.md"
FIELD_NAMES = [field.name for field in msgspec.structs.fields(Dialect)]
BITLBEE = {"User-Agent": "BitlBee 3.6 Linux/x86_64"}


def test_page_is_what_the_table_gives() -> None:
    assert PAGE.read_text("utf-8") == document(), "python -m gateway.client_docs > docs/clients.md"


def test_every_field_is_told_on_the_page_and_names_who_needs_it() -> None:
    assert [name for name in FIELD_NAMES if name != "name"] == list(FIELDS)
    told = inspect.getdoc(Dialect) or ""
    assert all(f"`{name}`" in told for name in FIELDS)


def test_names_are_names() -> None:
    assert len(PRESETS) == len(ROWS)
    assert all(name == name.lower() and name.replace("-", "").isalnum() for name in PRESETS)


@pytest.mark.parametrize("mount", MOUNTS)
@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_changes_what_its_row_says_and_nothing_else(name: str, mount: str) -> None:
    preset, dialect = PRESETS[name], dialect_of(name, mount)
    usual = BASES[preset.base] if preset.base else MOUNTS[mount]
    assert msgspec.structs.asdict(dialect) == {**msgspec.structs.asdict(usual), **preset.changes, "name": name}
    assert msgspec.convert(msgspec.structs.asdict(dialect), Dialect) == dialect, "values that a dialect can have"
    assert dialect_of(name, mount) is dialect, "made once"


@pytest.mark.parametrize("name", PRESETS)
def test_a_change_differs_from_what_the_clients_own_path_gives_unless_it_says_so(name: str) -> None:
    usual = MOUNTS[PRESETS[name].mount.lstrip("/")]
    same = {field for field, value in PRESETS[name].changes.items() if getattr(usual, field) == value}
    assert same <= ({"cursors"} if name == "andstatus" else set())


@pytest.mark.parametrize("mount", MOUNTS)
def test_who_has_no_preset_or_one_that_is_gone_gets_what_the_mount_gives(mount: str) -> None:
    assert dialect_of("", mount) is dialect_of("no-longer-here", mount) is MOUNTS[mount]


def test_widths_of_presets() -> None:
    assert {name: widths(name) for name in PRESETS if widths(name) != (53, 0)} == {
        "dica": (31, 0), "friendica-mobile": (31, 16), "friendica-mobile-1": (31, 16),
    }  # fmt: skip
    assert widths("") == (53, 0)


@pytest.mark.parametrize("mount", MOUNTS)
@pytest.mark.parametrize("word", AGENTS)
def test_an_agent_changes_forms_and_no_ids(word: bytes, mount: str) -> None:
    dialect, chosen = by_agent(b"Something/1 (" + word + b"7.0)", mount), dialect_of(AGENTS[word], mount)
    assert dialect is not None
    forms = [name for name in FIELD_NAMES if name not in IDS]
    assert [getattr(dialect, name) for name in forms] == [getattr(chosen, name) for name in forms]
    assert [getattr(dialect, name) for name in IDS] == [getattr(MOUNTS[mount], name) for name in IDS]


@pytest.mark.parametrize("agent", [b"", b"curl/8", b"Mozilla/5.0", b"Choqok/1.7", b"python-requests/2.32"])
def test_other_agents_change_nothing(agent: bytes) -> None:
    assert by_agent(agent, "api") is None


def test_presets_that_agents_lead_to_want_no_ids_of_their_own() -> None:
    assert not [name for name in AGENTS.values() if set(PRESETS[name].changes) & set(IDS)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_typed_has_words_and_values(language: str) -> None:
    texts = Texts(language)
    for preset in PRESETS.values():
        assert all(texts(f"type.{label}") and value for label, value in preset.typed), preset.name


def test_marks() -> None:
    given = [msgspec.structs.replace(FRIENDICA, seen=seen) for seen in ("number", "boolean", "text")]
    assert [(one.mark(True), one.mark(False)) for one in given] == [(1, 0), (True, False), ("1", "0")]
    assert [type(one.mark(True)) for one in given] == [int, bool, str]
    assert TWITTER.message_id(7) == 7


async def as_client(ground: Ground, preset: str) -> str:
    """The app password of a further device of alice's."""
    vault = await open_vault(ground.gateway.settings.data_dir, ground.gateway.store)
    logins = Logins(ground.gateway.store, vault, ground.connections)
    device = Device(name=preset, dialect=preset)
    return (await logins.link(ground.world.base_url, TOKEN + "alice", device=device)).password


@pytest.mark.anyio
async def test_bitlbee_tells_people_of_other_servers_by_their_address(ground: Ground) -> None:
    dora = "dora@far.test"
    ground.world.person(dora)
    ground.world.follow("alice", dora)
    first = ground.world.post(dora, "hello @alice")
    ground.world.post("bob", f"@{dora} hello too", reply_to=first)
    ground.world.boost("bob", first)
    for given in ({"headers": BITLBEE}, {"password": await as_client(ground, "bitlbee")}):
        answer = await ground.request("GET", "statuses/home_timeline", params={"include_entities": "1"}, **given)
        shapes.validate("statuses/home_timeline", "json", answer.body)
        boost, answered, post = answer.json
        assert [one["user"]["screen_name"] for one in (boost, answered, post)] == ["bob", "bob", dora]
        assert answered["in_reply_to_screen_name"] == dora
        assert boost["text"] == f"RT @{dora}: hello @alice"
        assert boost["entities"]["user_mentions"][0]["screen_name"] == dora
    usual = (await ground.get("statuses/home_timeline")).json
    assert [one["user"]["screen_name"] for one in usual] == ["bob", "bob", "dora"]
    assert usual[0]["text"] == "RT @dora: hello @alice"
    shown = await ground.request("GET", "users/show", params={"screen_name": dora}, headers=BITLBEE)
    assert shown.json["screen_name"] == dora, "and is asked about by it"


@pytest.mark.anyio
async def test_two_programs_with_one_password_are_not_mixed_up(ground: Ground) -> None:
    usual = (await ground.get("friends/ids")).json
    for _ in range(2):
        assert (await ground.request("GET", "friends/ids", headers=BITLBEE)).json["ids"] == usual
        assert (await ground.get("friends/ids")).json == usual
