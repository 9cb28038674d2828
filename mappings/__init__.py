"""Pure functions: the hub model, id arithmetic, text, and hub -> documented JSON, XML and feed shapes.

Nothing here does I/O; a test forbids httpx, redis and starlette imports.
"""
