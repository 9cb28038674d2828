"""users/suggestions, users/suggestions/:slug, users/suggestions/:slug/members."""

from __future__ import annotations

from gateway.ask import Ask
from gateway.errors import ApiError
from gateway.replies import Reply, Tree, User, Users
from mappings.relations import categories

MEMBERS = "members"


async def suggestions(ask: Ask) -> Reply:
    """Why the server proposes people; of one reason, who they are: one call. Raises ApiError 404 for no such reason."""
    found = categories(await ask.session.backend.suggestions())
    slug, wanted = ask.text("slug"), ask.text("part")
    if not slug:
        return Tree(json=[category.head() for category in found.values()])
    if slug not in found or wanted not in {"", MEMBERS}:
        raise ApiError(404, "There is no such category.")
    category = found[slug]
    if wanted:
        return Users(accounts=category.accounts)
    people = [User(account) for account in category.accounts]
    return Tree(json={**category.head(), "users": people}, root="category")
