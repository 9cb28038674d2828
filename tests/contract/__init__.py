"""Contract tests of the Backend protocol, against servers."""
