"""The users and statuses inside a reply tree: found, and replaced by their finished bytes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from gateway.replies import Post, User


class Leaves(msgspec.Struct, frozen=True, kw_only=True):
    """In the order they stand in the tree."""

    users: list[User] = []
    posts: list[Post] = []


def found(tree: Any) -> Leaves:
    """All leaves of `tree`."""
    leaves = Leaves()
    _collect(tree, leaves)
    return leaves


def _collect(tree: Any, leaves: Leaves) -> None:
    if isinstance(tree, User):
        leaves.users.append(tree)
    elif isinstance(tree, Post):
        leaves.posts.append(tree)
    elif isinstance(tree, dict):
        for value in tree.values():
            _collect(value, leaves)
    elif isinstance(tree, (list, tuple)):
        for value in tree:
            _collect(value, leaves)


def replaced(tree: Any, made: Mapping[int, msgspec.Raw]) -> Any:
    """`tree` with `made` in the place of its leaves, by their identity; a status that cannot be read is left out."""
    if not made or isinstance(tree, str):
        return tree
    if isinstance(tree, (User, Post)):
        return made[id(tree)]
    if isinstance(tree, dict):
        return {name: replaced(value, made) for name, value in tree.items()}
    if isinstance(tree, (list, tuple)):
        inner = [replaced(value, made) for value in tree]
        values = [value for value in inner if not (isinstance(value, msgspec.Raw) and not bytes(value))]
        return type(tree)(*values) if hasattr(tree, "_fields") else values
    return tree
