"""What an operator has to put right. The command line prints it as one line and exits with 1."""

from __future__ import annotations


class Problem(Exception):
    """`args[0]` is one plain, secret-free sentence that says what to do."""
