"""The command `oldbird`. Only argparse is imported here; each command's module is imported when it runs.

Secrets are never arguments: other users of the machine could read them.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from gateway import __version__
from gateway.problems import Problem


class Option(NamedTuple):
    """One argument of a command, as argparse takes it. Exactly one of those with the same `choice` must be there."""

    name: str
    how: dict[str, Any]
    choice: str = ""


class Command(NamedTuple):
    """One command: its words, the function "module:function" behind it (`run(args) -> int`), its arguments."""

    words: tuple[str, ...]
    function: str
    help: str
    options: tuple[Option, ...] = ()


DESCRIPTION = "Serves old Friendica, GNU social and Twitter clients from a modern fediverse account."
GROUPS = {"password": "manage app passwords", "consumer": "manage the programs that log in by OAuth 1.0a"}
NAME = Option("name", {"metavar": "NAME", "help": "login name"})
ID = Option("id", {"metavar": "ID", "help": "as `oldbird password list` shows it"})
READ_ONLY = Option("--read-only", {"action": "store_true", "help": "the password may read, not write"})
PLAIN_HTTP = Option("--plain-http", {"action": "store_true", "help": "it may be used on the address without TLS too"})
PICTURES = Option("--pictures", {"action": "store_true", "help": "an old device: it gets small JPEG and PNG pictures"})
CLIENT = Option("--client", {"metavar": "CLIENT", "help": "the program it is for, as `oldbird clients` names it"})
FROM_FILE = "file with the access token of the account, - for standard input"

COMMANDS = (
    Command(("serve",), "gateway.serve:run", "run the gateway"),
    Command(
        ("link",),
        "gateway.cli_logins:link",
        "link a backend account and print its first app password",
        (
            NAME,
            Option("--server", {"metavar": "URL", "help": "address of the account's server"}, "who"),
            Option("--actor", {"metavar": "ACTOR", "help": "or an ActivityPub actor: user@host or address"}, "who"),
            Option("--token-file", {"metavar": "F", "help": FROM_FILE}, "secret"),
            Option("--basic-file", {"metavar": "F", "help": "or, of an actor: user:application password"}, "secret"),
            Option("--name", {"dest": "device", "metavar": "DEVICE", "help": "what the app password is for"}),
            READ_ONLY,
            PLAIN_HTTP,
            PICTURES,
            CLIENT,
        ),
    ),
    Command(
        ("password", "add"),
        "gateway.cli_logins:add",
        "print a further app password (asks for an existing one)",
        (
            NAME,
            Option("--device", {"required": True, "metavar": "D", "help": "what the app password is for"}),
            READ_ONLY,
            PLAIN_HTTP,
            PICTURES,
            CLIENT,
            Option("--token-file", {"metavar": "F", "help": f"instead of an existing password: {FROM_FILE}"}),
            Option("--basic-file", {"metavar": "F", "help": "or, of an actor: user:application password"}),
        ),
    ),
    Command(("password", "list"), "gateway.cli_logins:show", "list the app passwords of an account", (NAME,)),
    Command(("password", "revoke"), "gateway.cli_logins:revoke", "end one app password at once", (NAME, ID)),
    Command(
        ("password", "plain-http"),
        "gateway.cli_logins:plain_http",
        "let a login use the address without TLS, or not",
        (NAME, ID, Option("allowed", {"choices": ("on", "off"), "help": "on or off"})),
    ),
    Command(
        ("password", "pictures"),
        "gateway.cli_logins:pictures",
        "send a login small pictures, or those of the servers",
        (NAME, ID, Option("wanted", {"choices": ("on", "off"), "help": "on or off"})),
    ),
    Command(
        ("password", "client"),
        "gateway.cli_logins:client",
        "say which program a login is for",
        (NAME, ID, Option("client", {"metavar": "CLIENT", "help": "as `oldbird clients` names it, or none"})),
    ),
    Command(
        ("refresh",),
        "gateway.cli_refresh:say",
        "let an account be read in the background (`refresh_minutes`), or not",
        (NAME, Option("wanted", {"choices": ("on", "off"), "help": "on or off"})),
    ),
    Command(
        ("consumer", "add"),
        "gateway.cli_consumers:add",
        "register a program and print its key and secret",
        (
            Option("name", {"metavar": "NAME", "help": "name of the program, as people are shown it"}),
            Option("--callback", {"metavar": "URL", "help": "where people are sent back to; none: any place it names"}),
            Option("--user", {"metavar": "LOGIN", "help": "who it belongs to; none: to the gateway"}),
            Option("--read-only", {"action": "store_true", "help": "its logins may read, not write"}),
            CLIENT,
        ),
    ),
    Command(("consumer", "list"), "gateway.cli_consumers:show", "list the registered programs"),
    Command(
        ("consumer", "revoke"),
        "gateway.cli_consumers:revoke",
        "end a program and all its logins at once",
        (Option("key", {"metavar": "KEY", "help": "as `oldbird consumer list` shows it"}),),
    ),
    Command(
        ("unlink",),
        "gateway.cli_copies:unlink",
        "remove an account and all kept for it but the numbers of posts",
        (NAME, Option("--yes", {"action": "store_true", "help": "do it; without, only say what would go"})),
    ),
    Command(
        ("export",),
        "gateway.cli_copies:export",
        "write ids, lists and marks to a file, without any secret",
        (
            Option("name", {"nargs": "?", "metavar": "NAME", "help": "login name; without, every account"}),
            Option("--file", {"required": True, "metavar": "F", "help": "file to write, - for standard output"}),
        ),
    ),
    Command(
        ("import",),
        "gateway.cli_copies:import_",
        "read an exported file; nothing that is here is moved",
        (
            Option("file", {"metavar": "F", "help": "as `oldbird export` wrote it"}),
            Option("--keep-mine", {"action": "store_true", "help": "leave out what contradicts what is here"}),
        ),
    ),
    Command(
        ("rotate-key",),
        "gateway.cli_keys:rotate",
        "make a new server key and bring all secrets to it",
        (
            Option("--prepare", {"action": "store_true", "help": "only add it, to carry the file to further machines"}),
            Option("--leave-unreadable", {"action": "store_true", "help": "go on although some cannot be opened"}),
        ),
    ),
    Command(
        ("clients",),
        "gateway.cli_clients:clients",
        "list the known programs and what to type into each",
        (
            Option("client", {"nargs": "?", "metavar": "CLIENT", "help": "only this one"}),
            Option("--json", {"action": "store_true", "help": "for programs"}),
        ),
    ),
    Command(
        ("calls",),
        "gateway.cli_info:calls",
        "list the API calls",
        (Option("--planned", {"action": "store_true", "help": "only those that still answer 501"}),),
    ),
    Command(("status",), "gateway.cli_info:status", "versions, records and sizes"),
    Command(("forget",), "gateway.cli_info:forget", "drop status ids not asked for in `forget_days`"),
    Command(
        ("config",),
        "gateway.cli_info:config",
        "the settings in force, secrets hidden",
        (
            Option("check", {"nargs": "?", "choices": ("check",), "help": "also say what is wrong or doubtful"}),
            Option("--markdown", {"action": "store_true", "help": "docs/settings.md instead"}),
        ),
    ),
    Command(
        ("doctor",),
        "gateway.cli_doctor:doctor",
        "look whether all is well and say what to do; exit code 0: it is, 1: something fails, 2: only warnings",
        (
            Option("--url", {"metavar": "URL", "help": "the address that clients use, where base_url is not set"}),
            Option("--client", {"metavar": "CLIENT", "help": "what to type into this program"}),
            Option("--local", {"action": "store_true", "help": "ask nothing over a network"}),
            Option("--user", {"metavar": "LOGIN", "help": "also sign in as a client, with this login name"}),
            Option("--password-file", {"metavar": "F", "help": "file with an app password of it, or -"}),
            Option("--json", {"action": "store_true", "help": "for programs"}),
        ),
    ),
    Command(
        ("record",),
        "gateway.cli_record:record",
        "write down, redacted, what the clients of an account ask and get",
        (
            NAME,
            Option("--minutes", {"type": int, "default": 10, "metavar": "N", "help": "for how long, 10 unless given"}),
            Option("--out", {"metavar": "DIR", "help": "folder to write to, new or empty"}),
            Option("--with-texts", {"action": "store_true", "help": "keep texts and names as they are"}),
        ),
    ),
    Command(
        ("demo",),
        "gateway.demo:run",
        "run with made-up people, needs no account and no network",
        (
            Option("--json", {"action": "store_true", "help": "print one line for programs"}),
            Option("--port", {"type": int, "default": 8090, "help": "port to listen on, 0: any free one"}),
        ),
    ),
)


def parser() -> argparse.ArgumentParser:
    """The command line, made from `COMMANDS`. Nothing is abbreviated: --token would mean --token-file."""
    top = argparse.ArgumentParser(prog="oldbird", description=DESCRIPTION, allow_abbrev=False)
    top.add_argument("--version", action="version", version=f"oldbird {__version__}")
    top.add_argument("--config", type=Path, metavar="FILE", help="settings file (TOML)")
    first = top.add_subparsers(required=True, metavar="COMMAND")
    groups = {"": first}
    for command in COMMANDS:
        *above, word = command.words
        group = " ".join(above)
        if group not in groups:
            groups[group] = first.add_parser(group, help=GROUPS[group]).add_subparsers(required=True, metavar="COMMAND")
        own = groups[group].add_parser(word, help=command.help, description=command.help, allow_abbrev=False)
        own.set_defaults(function=command.function)
        add_options(own, command.options)
    return top


def add_options(own: argparse.ArgumentParser, options: Sequence[Option]) -> None:
    """The arguments of one command."""
    choices = {
        name: own.add_mutually_exclusive_group(required=True)
        for name in dict.fromkeys(option.choice for option in options if option.choice)
    }
    for option in options:
        (choices.get(option.choice) or own).add_argument(option.name, **option.how)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. 0: done; 1: one line on standard error says what is wrong; 2: wrong arguments."""
    args = parser().parse_args(argv)
    module, _, function = args.function.partition(":")
    try:
        status = int(getattr(import_module(module), function)(args))
        sys.stdout.flush()
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Nobody reads any more; at exit Python would complain once again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        if not (line := explained(error)):
            raise
        print(f"oldbird: {line}", file=sys.stderr)
        return 1
    return status


def explained(error: Exception) -> str:
    """What an expected error means, in one line; empty for our own faults."""
    if isinstance(error, (Problem, OSError)):
        return " ".join(str(error).split())
    from adapters.errors import BackendError  # noqa: PLC0415 - keeps `oldbird --help` fast
    from gateway.stores.store import StoreDown, TooNew  # noqa: PLC0415

    expected = isinstance(error, (BackendError, StoreDown, TooNew))
    return " ".join(str(error).split()) or type(error).__name__ if expected else ""
