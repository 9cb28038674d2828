"""Makes recordings anew, by `oldbird record` against the demo: `python -m tests.recorded_clients.record [NAME ...]`."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from gateway import demo_seed
from gateway.recorder import LOOK_SECONDS
from tests.clients.gear import clean_environment, running_demo
from tests.recorded_clients.scripts import CLIENTS

HERE = Path(__file__).parent
WHO = "alice"


def record(name: str) -> None:
    """Let the client do what it does, and put what was recorded into its folder."""
    with tempfile.TemporaryDirectory() as folder, running_demo() as (demo, _):
        picture, out = Path(folder, "green.png"), Path(folder, "out")
        picture.write_bytes(demo_seed.picture((10, 200, 90), 40, 30))
        environ = {**clean_environment(), "OLDBIRD_DATA_DIR": str(demo.data_dir)}
        words = [Path(sys.executable).with_name("oldbird"), "record", WHO, "--out", str(out)]
        with subprocess.Popen(words, env=environ, stdout=subprocess.PIPE, text=True) as recording:
            try:
                assert recording.stdout is not None
                recording.stdout.readline()
                time.sleep(2 * LOOK_SECONDS)  # no test: until the gateway has looked
                CLIENTS[name](demo.base_url, WHO, demo.users[WHO], picture)
            finally:
                recording.send_signal(signal.SIGINT)
            sys.stdout.write(recording.stdout.read())
        shutil.rmtree(HERE / name, ignore_errors=True)
        shutil.copytree(out, HERE / name)


if __name__ == "__main__":
    for wanted in sys.argv[1:] or CLIENTS:
        record(wanted)
