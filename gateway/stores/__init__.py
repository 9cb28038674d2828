"""Durable records: the id map, logins, indexes, the post-once guard. SQLite and Redis behind one contract."""
