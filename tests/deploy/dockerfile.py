"""A Dockerfile read and carried out in a folder, without Docker: FROM, ENV, WORKDIR, RUN, COPY, USER, ENTRYPOINT, CMD.

Absolute paths of the image become paths below the folder, with the same ones for every stage: what a stage leaves is
moved aside when the next begins, so programs that hold their own path (a virtual environment) still work.
"""

from __future__ import annotations

import fnmatch
import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

OURS = ("/opt", "/src", "/tools", "/wheels", "/data", "/secret")
"""Folders of the image that are below the folder here."""
SECONDS = 120


class Step(NamedTuple):
    """One instruction."""

    word: str
    rest: str


def steps(text: str) -> list[Step]:
    """All instructions, without comments, continued lines joined."""
    joined = re.sub(r"\\\n", " ", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE))
    return [Step(*line.split(None, 1)) for line in joined.splitlines() if line.strip()]


class Image:
    """What the steps make. `skipped`: commands that need root, which are only read."""

    def __init__(self, folder: Path, context: Path, environ: Mapping[str, str]) -> None:
        self.folder, self.context, self.outside = folder, context, dict(environ)
        self.root, self.stages = folder / "root", dict[str, Path]()
        self.env, self.where, self.user = dict[str, str](), "/", ""
        self.entrypoint, self.command = list[str](), list[str]()
        self.said: dict[str, str] = {}
        self.skipped: list[str] = []
        self._stage = ""

    def place(self, text: str) -> str:
        """A text of the Dockerfile with the image's own folders below `root`."""
        return re.sub(rf"(?<![\w./-])({'|'.join(OURS)})(?=[/\s:;\"']|$)", lambda found: f"{self.root}{found[1]}", text)

    def carry_out(self, text: str) -> None:
        """All steps."""
        for word, rest in steps(text):
            getattr(self, f"do_{word.lower()}", self.note)(rest) if word != "HEALTHCHECK" else self.note(rest, word)

    def note(self, rest: str, word: str = "") -> None:
        """Said about the image, nothing to do."""
        self.said[word or rest.split(maxsplit=1)[0]] = rest

    def do_from(self, rest: str) -> None:
        """A stage begins empty."""
        if self.root.exists():
            aside = self.folder / f"stage-{self._stage}"
            self.root.rename(aside)
            self.stages[self._stage] = aside
        self.root.mkdir(parents=True)
        self._stage = rest.partition(" AS ")[2]
        self.env, self.where, self.user = {}, "/src", ""

    def do_env(self, rest: str) -> None:
        """Variables for what follows, and for the image."""
        for pair in shlex.split(self.place(rest)):
            name, _, value = pair.partition("=")
            self.env[name] = value

    def do_workdir(self, rest: str) -> None:
        """Made when it is missing."""
        self.where = rest
        Path(self.place(rest)).mkdir(parents=True, exist_ok=True)

    def do_user(self, rest: str) -> None:
        """Who runs the rest."""
        self.user = rest

    def do_run(self, rest: str) -> None:
        """In a shell with nothing around it."""
        if rest.startswith("useradd"):
            self.skipped.append(rest)
            return
        done = subprocess.run(
            ["sh", "-euc", self.place(rest)], cwd=self.place(self.where), env={**self.outside, **self.env},
            capture_output=True, text=True, check=False, timeout=SECONDS,
        )  # fmt: skip
        assert done.returncode == 0, f"{rest}\n{done.stdout}{done.stderr}"

    def do_copy(self, rest: str) -> None:
        """From the context, where .dockerignore lets it through, or from an earlier stage."""
        *options, target = rest.split()
        here = Path(self.place(target) if target.startswith("/") else f"{self.place(self.where)}/{target}")
        if options[0].startswith("--from="):
            stage = self.stages[options.pop(0).removeprefix("--from=")]
            for source in options:
                shutil.copytree(stage / source.lstrip("/"), here, symlinks=True)
            return
        for source in options:
            into = target.endswith("/") or len(options) > 1
            self._copy(
                self.context / source, here / Path(source).name if into and (self.context / source).is_file() else here
            )

    def _copy(self, source: Path, here: Path) -> None:
        """`here`: the file, or the folder that holds what the folder `source` holds."""
        files = [source] if source.is_file() else [path for path in source.rglob("*") if path.is_file()]
        let_through = [path for path in files if self.is_sent(path.relative_to(self.context).as_posix())]
        assert let_through, f"{source} does not reach the image"
        for path in let_through:
            to = here / path.relative_to(source) if source.is_dir() else here
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, to)

    def is_sent(self, path: str) -> bool:
        """Whether .dockerignore lets it through: the last rule that fits counts."""
        sent = True
        for rule in (self.context / ".dockerignore").read_text().splitlines():
            pattern = rule.lstrip("!").strip()
            if not pattern or pattern.startswith("#"):
                continue
            names = parents(path, deep=pattern.startswith("**/"))
            if any(fnmatch.fnmatch(name, pattern.removeprefix("**/")) for name in names):
                sent = rule.startswith("!")
        return sent

    def do_entrypoint(self, rest: str) -> None:
        """As a list."""
        self.entrypoint = json.loads(rest)

    def do_cmd(self, rest: str) -> None:
        """As a list."""
        self.command = json.loads(rest)


def parents(path: str, *, deep: bool) -> Iterator[str]:
    """The path and the folders above it; `deep`: every name in it by itself."""
    parts = path.split("/")
    if deep:
        yield from parts
        return
    for number in range(1, len(parts) + 1):
        yield "/".join(parts[:number])
