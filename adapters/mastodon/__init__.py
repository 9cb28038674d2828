"""Servers with the Mastodon client API; their differences are rows of data in `capabilities`."""
