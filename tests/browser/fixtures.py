"""A plugin of the whole suite, so that there is one gateway over https and one Chromium for all who ask for them.

What they need is imported when they are asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

    from tests.browser.chromium import Browser
    from tests.browser.gate import Gate

PROXIES = ("http_proxy", "https_proxy", "all_proxy")


@pytest.fixture(scope="session")
def gate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gate]:
    """The gateway of the session."""
    from tests.browser.gate import opened  # noqa: PLC0415

    with opened(tmp_path_factory.mktemp("gate")) as gate:
        yield gate


@pytest.fixture(scope="session")
def chromium(gate: Gate, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    """The browser of the session. Neither it nor its driver asks a proxy or writes into our home."""
    from tests.browser.chromium import running  # noqa: PLC0415

    home = tmp_path_factory.mktemp("chromium")
    with pytest.MonkeyPatch.context() as patch:
        for name in (*PROXIES, *map(str.upper, PROXIES)):
            patch.delenv(name, raising=False)
        patch.setenv("HOME", str(home))
        with running(gate, home) as driver:
            yield driver


@pytest.fixture
def browser(chromium: Chrome, gate: Gate, tmp_path: Path) -> Iterator[Browser]:
    """The browser without a past; at the end its console has said nothing."""
    from tests.browser.chromium import Browser  # noqa: PLC0415

    browser = Browser(chromium, gate, tmp_path)
    browser.fresh()
    yield browser
    assert browser.console() == []
