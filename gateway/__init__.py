"""The edge: ASGI app, endpoint table, authentication, rendering, stores and the command line."""

__version__ = "0.1.0"
