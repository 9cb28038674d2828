"""Which list a call means, and lists in replies. They are the groups of the account (`gateway.groups`)."""

from __future__ import annotations

from typing import Any

from gateway import groups
from gateway.ask import Ask
from gateway.errors import ApiError
from gateway.groups import Group
from gateway.people import asks_for_another
from gateway.replies import User
from mappings import hub
from mappings.lists import list_tree, slug

NEITHER = "You must specify either a list ID or a slug and owner."
NEITHER_CODE = 112
NO_SUCH_LIST = "There is no such list."


async def meant(ask: Ask) -> Group:
    """By `list_id`, or by `slug` and owner: the reader, as nobody's lists are shown to others. One upstream call.

    Raises ApiError 400 when none is named, 404 for a list that is not there; BackendError, StoreDown.
    """
    id, short = ask.id("list_id"), ask.text("slug").strip()
    if id is None and not short:
        raise ApiError(400, NEITHER, NEITHER_CODE)
    if id is None and await asks_for_another(owner(ask)):
        raise ApiError(404, NO_SUCH_LIST)
    for group in (await groups.shelf(ask)).groups:
        if group.gid == id or (id is None and _goes_by(group, short)):
            return group
    raise ApiError(404, NO_SUCH_LIST)


def _goes_by(group: Group, short: str) -> bool:
    return short.casefold() in {slug(group.gid, group.name), group.name.casefold()}


def owner(ask: Ask) -> Ask:
    """The same request, whose person is the owner of the list."""
    return ask.other(user_id=ask.id("owner_id"), screen_name=ask.params.get("owner_screen_name"))


def tree(ask: Ask, group: Group, me: hub.Account, *, members: int | None = None) -> dict[str, Any]:
    """A list in Twitter's shape."""
    return list_tree(group.gid, group.name, User(me, full=True), ask.session.screen_name, members=members)
