"""The command `oldbird`, with the access log that only `oldbird serve` writes, on standard error.

python -m tests.clients.logged_demo demo --json
"""

from __future__ import annotations

import logging
import sys

from gateway import access_log
from gateway.cli import main

if __name__ == "__main__":
    access_log.configure()
    access_log.log.setLevel(logging.INFO)
    sys.exit(main())
