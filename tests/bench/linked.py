"""The gateway of the bench: its own data folder, and one linked account per scenario of the stub."""

from __future__ import annotations

import base64
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

import msgspec

from gateway.logins import Logins
from gateway.services import open_gateway
from gateway.settings import Settings
from gateway.vault import open_vault
from tests.bench.processes import Processes, Server, cores, free_port

TOKEN = "bench-token"


class Linked(msgspec.Struct, frozen=True, kw_only=True):
    """`settings` to start a gateway with; `logins`: scenario -> Authorization header."""

    settings: Settings
    logins: dict[str, str]

    def env(self, port: int, **more: str) -> dict[str, str]:
        """The same settings as variables for a process."""
        return {
            "OLDBIRD_DATA_DIR": str(self.settings.data_dir),
            "OLDBIRD_PORT": str(port),
            "OLDBIRD_LOG_LEVEL": "warning",
            "OLDBIRD_ALLOW_HOSTS": ",".join(self.settings.allow_hosts),
            **more,
        }


async def link(folder: Path, ports: Mapping[str, int]) -> Linked:
    """A fresh store in `folder` with a login for every scenario."""
    allowed = tuple(f"127.0.0.1:{port}" for port in ports.values())
    settings = Settings(data_dir=folder, allow_hosts=allowed)
    made = {}
    async with open_gateway(settings) as gateway:
        logins = Logins(gateway.store, await open_vault(folder, gateway.store), gateway.connections)
        for name, port in ports.items():
            linked = await logins.link(f"http://127.0.0.1:{port}", TOKEN, name=name)
            made[name] = basic(linked.account.username, linked.password)
    return Linked(settings=settings, logins=made)


def basic(name: str, password: str) -> str:
    """An Authorization header."""
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


def command() -> str:
    """The installed `oldbird`."""
    beside = Path(sys.executable).with_name("oldbird")
    return str(beside) if beside.exists() else shutil.which("oldbird") or "oldbird"


def serve(processes: Processes, linked: Linked, name: str = "ours", **more: str) -> Server:
    """`oldbird serve` as an operator would run it, on the measured core."""
    port = free_port()
    return processes.start(name, [command(), "serve"], port, cores()[1], linked.env(port, **more))
