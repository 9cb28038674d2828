"""The steps of the Dockerfile, carried out in an empty folder with a clean environment; the result is started."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import httpx2 as httpx

from tests.clients.gear import ROOT
from tests.deploy.dockerfile import Image, steps
from tests.deploy.gateways import Running

WHEELS = ROOT / ".venvs" / "wheels"
TEXT = (ROOT / "deploy" / "Dockerfile").read_text()


def test_the_image_is_made_and_its_command_answers(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    python = tmp_path / "bin" / "python"  # not a link: it must find its pip
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    outside = {"PATH": f"{tmp_path}/bin:/usr/bin:/bin", "HOME": str(tmp_path), "PIP_CONFIG_FILE": os.devnull}
    outside |= {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(WHEELS)}
    image = Image(tmp_path / "image", ROOT, outside)
    image.carry_out(TEXT)
    assert (image.entrypoint, image.command, image.user) == (["oldbird"], ["serve"], "10001:10001")
    assert image.env["OLDBIRD_DATA_DIR"] == str(image.root / "data")
    inside = {**image.env, "OLDBIRD_PORT": "0", "OLDBIRD_HOST": "127.0.0.1", "OLDBIRD_METRICS": "127.0.0.1:0"}
    first = image.env["PATH"].partition(":")[0]
    command = [f"{first}/{image.entrypoint[0]}", *image.command]
    before = set(files(image.root / "opt"))
    running = Running(inside, command=command)
    try:
        for path in ("/livez", "/readyz"):
            assert httpx.get(running.url + path, trust_env=False).text == "ok\n"
        check = json.loads(image.said["HEALTHCHECK"].partition("CMD ")[2])
        port = running.url.rpartition(":")[2]
        probe = [f"{first}/{check[0]}", *(word.replace(":8090", f":{port}") for word in check[1:])]
        assert subprocess.run(probe, env=inside, check=False, capture_output=True, timeout=30).returncode == 0
        assert httpx.get(f"{running.url}/connect", trust_env=False).status_code == 200  # templates are there
    finally:
        assert running.stop() == 0
    wrong = subprocess.run(probe, env=inside, check=False, capture_output=True, timeout=30)
    assert wrong.returncode != 0
    assert set(files(image.root / "opt")) == before  # it writes nothing but its data: the root may be read-only
    assert sorted(path.name for path in (image.root / "data").iterdir()) == ["oldbird.sqlite", "server.key"]
    packages = {path.name for path in (image.root / "opt").rglob("site-packages/*")}
    assert not packages & {"pip", "setuptools", "wheel", "tests"}


def files(folder: Path) -> list[str]:
    """All of them."""
    return [str(path) for path in folder.rglob("*") if path.is_file()]


def test_nothing_unhashed_gets_into_the_image() -> None:
    for word, rest in steps(TEXT):
        if word == "RUN" and re.search(r"\bpip\b.* install\b", rest):
            assert "--require-hashes" in rest or "--no-index" in rest
        assert not re.search(r"index-url|https?://(?!127\.0\.0\.1)|\bcurl\b|\bwget\b|apt-get", rest)
    words = [word for word, _ in steps(TEXT)]
    assert words.count("FROM") == 2
    assert words.index("USER") > words.index("COPY")
    assert "HEALTHCHECK" in words
