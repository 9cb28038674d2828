"""What carries a secret does not show it when it is printed, whoever prints it and why."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import msgspec
import pytest

import adapters
import gateway
from gateway.ask import Ask
from gateway.settings import Settings

SECRET = {
    "password", "token", "secret", "sealed", "hash", "ring", "client_secret", "access_token", "token_secret",
    "verifier", "oauth_token", "consumer_secret", "cookie", "code", "headers", "content", "state", "signature", "proof",
}  # fmt: skip
"""Fields that are secret wherever they stand."""
HARMLESS = {
    ("adapters.mastodon.wire", "Status"): {"content"},  # what everybody may read
    ("adapters.mastodon.entities", "Content"): {"content"},
    ("gateway.settings", "Setting"): {"secret"},  # yes or no
    ("gateway.web.clients", "Client"): {"code"},  # for people to copy
    ("adapters.activitypub.sync", "Head"): {"state"},  # how far a collection was read
    ("adapters.transport", "Answer"): {"headers"},  # of an answer: what wire.KEPT names, no cookie among them
    ("adapters.wire", "Reply"): {"headers"},
    ("gateway.answers", "Answer"): {"headers"},
    ("gateway.metrics", "Process"): {"state"},  # of the server: connections and requests
    ("gateway.doctor.findings", "Finding"): {"state"},  # ok, warning or failure
    ("gateway.doctor.asking", "Asked"): {"headers"},  # of an answer, asked without a login
    ("gateway.recorder_redaction", "Asked"): {"headers"},  # redacted
    ("gateway.recorder_redaction", "Answered"): {"headers"},
    ("gateway.echo", "Seen"): {"proof"},  # made for one question of the doctor, who is told it
}
"""Where such a name means something else."""
MARK = "S3CRET-of-a-field"


class Anything(str):
    """A text with every attribute."""

    __slots__ = ()

    def __getattr__(self, name: str) -> str:
        if name.startswith("__"):
            raise AttributeError(name)
        return "shown"


def modules(*packages: ModuleType) -> Iterator[ModuleType]:
    """All modules below the packages."""
    for package in packages:
        yield package
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            yield importlib.import_module(found.name)


def fields_of(kind: type) -> tuple[str, ...]:
    """Names of the fields of a struct, a named tuple or a data class."""
    if issubclass(kind, msgspec.Struct):
        return kind.__struct_fields__
    if issubclass(kind, tuple) and hasattr(kind, "_fields"):
        return tuple(kind._fields)
    return tuple(getattr(kind, "__dataclass_fields__", ()))


def carriers() -> Iterator[tuple[str, type, set[str]]]:
    """Every class with such a field, and those of its fields."""
    seen = set()
    for module in modules(gateway, adapters):
        for _, kind in inspect.getmembers(module, inspect.isclass):
            home = kind.__module__
            if kind in seen or home.partition(".")[0] not in {"gateway", "adapters"}:
                continue
            seen.add(kind)
            found = (set(fields_of(kind)) & SECRET) - HARMLESS.get((home, kind.__name__), set())
            if found:
                yield f"{home}.{kind.__name__}", kind, found


CARRIERS = {name: (kind, found) for name, kind, found in carriers()}


@pytest.mark.parametrize("name", CARRIERS)
def test_no_secret_field_is_printed(name: str) -> None:
    kind, hidden = CARRIERS[name]
    values: dict[str, Any] = {field: MARK if field in hidden else Anything("shown") for field in fields_of(kind)}
    printed = repr(kind(**values))
    assert MARK not in printed
    assert kind.__name__ in printed
    assert MARK not in f"{kind(**values)}"
    assert MARK not in repr([kind(**values)])


def test_what_is_known_to_carry_secrets_is_among_them() -> None:
    ours = {"gateway.stores.store.LoginRecord", "gateway.auth.Basic", "gateway.logins.Linked", "adapters.transport.Ask"}
    assert ours <= CARRIERS.keys()


def test_settings_hide_the_password_of_the_store() -> None:
    printed = repr(Settings(store="redis://user:S3CRET@h/0", base_url="https://gate.example"))
    assert "S3CRET" not in printed
    assert "gate.example" in printed
    assert "S3CRET" not in str(msgspec.structs.replace(Settings(), store="redis://:S3CRET@h"))


def test_a_request_does_not_print_its_parameters() -> None:
    ask = Ask(call=None, params={"x_auth_password": MARK}, format="json", gateway=None, session=None)  # type: ignore[arg-type]
    assert MARK not in repr(ask)
