"""Consumers: made by people and operators, listed in the settings, ended with all they were granted."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from gateway.oauth.consumers import KIND, MOST, Consumer, ConsumerProblem, Consumers
from gateway.settings import SettingsError, load
from gateway.vault import Vault
from tests.gateway.by_hand import HOME
from tests.gateway_harness import Ground, gateway_on
from tests.oauth_client import OAuthClient

pytestmark = pytest.mark.anyio


async def test_made_found_listed_and_removed(ground: Ground) -> None:
    consumers = ground.gateway.consumers
    icon = "https://p.example/i.png"
    made = await consumers.add("acc1", " My program ", "https://p.example/cb", icon, read_only=True)
    assert (made.name, made.account, made.read_only) == ("My program", "acc1", True)
    assert len(made.key) == 20
    assert len(made.secret) == 40
    assert await consumers.find(made.key) == made
    assert await consumers.list("acc1") == (made,)
    assert await consumers.list("acc2") == ()
    assert not await consumers.remove("acc2", made.key), "it is somebody else's"
    assert await consumers.remove("acc1", made.key)
    assert await consumers.find(made.key) is None
    assert not await consumers.remove("acc1", made.key)


async def test_keys_and_secrets_differ(ground: Ground) -> None:
    made = [await ground.gateway.consumers.add("", "same name") for _ in range(20)]
    assert len({one.key for one in made} | {one.secret for one in made}) == 40
    assert [one.key for one in await ground.gateway.consumers.all()] == [
        one.key for one in sorted(made, key=lambda one: (one.created, one.key))
    ]


@pytest.mark.parametrize(
    ("name", "callback", "icon"),
    [("", "", ""), (" ", "", ""), ("x" * 101, "", ""), ("a\nb", "", ""), ("a", "javascript:alert(1)", ""),
     ("a", "program.example", ""), ("a", "https://u:p@program.example/", ""), ("a", "https://x/" + "y" * 2000, ""),
     ("a", "", "javascript:x"), ("a", "", "own:icon"), ("a", "https://ä.example/", ""), ("a", "https://x y/", "")],
)  # fmt: skip
async def test_refused(ground: Ground, name: str, callback: str, icon: str) -> None:
    with pytest.raises(ConsumerProblem):
        await ground.gateway.consumers.add("acc1", name, callback, icon)
    assert await ground.gateway.consumers.all() == ()


async def test_callback_oob_is_none(ground: Ground) -> None:
    assert (await ground.gateway.consumers.add("", "x", "oob")).callback == ""


async def test_one_account_makes_so_many(ground: Ground) -> None:
    for _ in range(MOST):
        await ground.gateway.consumers.add("acc1", "x")
    with pytest.raises(ConsumerProblem):
        await ground.gateway.consumers.add("acc1", "x")
    assert await ground.gateway.consumers.add("acc2", "x")


async def test_forgotten_with_their_account(ground: Ground) -> None:
    kept = await ground.gateway.consumers.add("acc2", "x")
    for _ in range(3):
        await ground.gateway.consumers.add("acc1", "x")
    await ground.gateway.consumers.forget("acc1")
    assert await ground.gateway.consumers.all() == (kept,)


async def test_secret_is_wrapped_in_the_store_and_hidden_in_reprs(ground: Ground) -> None:
    made = await ground.gateway.consumers.add("", "x")
    records = await ground.gateway.store.records("", KIND)
    assert made.secret.encode() not in records[made.key]
    assert made.secret not in repr(made)
    stranger = Consumers(ground.gateway.store, Vault(b"k" * 32))
    assert await stranger.find(made.key) is None
    assert await stranger.all() == ()


async def test_pairs_of_the_settings(tmp_path: Path) -> None:
    pairs = ("CKof1998=a-secret", "OTHER=more/+=Some old program", "MADE=x")
    async with gateway_on(tmp_path, consumers=pairs) as ground:
        assert await ground.gateway.consumers.find("CKof1998") == Consumer(
            key="CKof1998", secret="a-secret", name="CKof1998", listed=True
        )
        assert (await ground.gateway.consumers.find("OTHER")).name == "Some old program"
        client = OAuthClient(ground.client, "OTHER", "more/+")
        assert (await client.authorize(ground))["screen_name"] == "alice"
        assert (await client.send("GET", HOME)).status_code == 200
        assert not await ground.gateway.consumers.remove("", "OTHER")
        assert await ground.gateway.consumers.list("") == ()


@pytest.mark.parametrize("pair", ["", "key", "key=", "=hush", "ke y=hush", "key=hu hush"], ids=len)
def test_pair_that_is_none(pair: str, tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(f"consumers = [{msgspec.json.encode(pair).decode()}]")
    with pytest.raises(SettingsError) as caught:
        load({}, file)
    assert "consumers" in str(caught.value)
    assert "hush" not in str(caught.value)
