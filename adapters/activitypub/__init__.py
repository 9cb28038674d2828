"""Servers that speak ActivityPub client-to-server (reference/activitypub-c2s.md)."""
