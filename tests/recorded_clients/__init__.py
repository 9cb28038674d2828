"""What real clients asked and got, written down by `oldbird record` against the demo, and its replay.

`python -m tests.recorded_clients.record curl` makes the recording of a client of `tests/clients` anew.
"""
