"""Groups on the wire: members as clients send them, the result of a change (reference/wire-friendica.md section 5)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import msgspec

from mappings import hub

LARGEST, SHOWABLE = 2**31, 2**53
"""User ids stay below the first; larger numbers than the second are sent back as text."""
MOST_MEMBERS = 5000
"""As many as friends/ids lists."""

USER_KEYS = ("user", "users")
"""What the list of members is called in the JSON and in the XML of group_show."""
NO_LIST = "The JSON holds no list of members."

OK, MISSING, REACTIVATED, DELETED = "ok", "missing user", "reactivated", "deleted"
"""What a change of a group can say."""

_DIGITS = re.compile(r"\s*([0-9]{1,10})(?:\.0*)?\s*")


class Member(NamedTuple):
    """One posted member. `posted` is the value of `cid` as it came, `number` the user id it means, 0 for none."""

    posted: str | int | float | bool | None
    number: int


def members(document: str) -> tuple[Member, ...]:
    """The members that the JSON text names, each once. Raises ValueError, with a sentence, when it holds no such list.

    Taken: what group_show gives for one group, also in a list; the list of users alone; the same text or object under
    `json`. Of a user only `cid` counts. An empty text and an empty `user` or `users` mean no members; a group with
    neither key, and several groups, are refused: they would put everybody out of the group.
    """
    if not document.strip():
        return ()
    try:
        users = _users(msgspec.json.decode(document))
    except (msgspec.DecodeError, RecursionError):
        raise ValueError("The list of members is not valid JSON.") from None
    if len(users) > MOST_MEMBERS:
        raise ValueError(f"A group holds at most {MOST_MEMBERS} members.")
    found = (_member(user) for user in users)
    return tuple({member.number or repr(member.posted): member for member in found}.values())


def _users(tree: Any) -> Sequence[Any]:
    if isinstance(tree, list) and len(tree) == 1 and _is_group(tree[0]):
        tree = tree[0]
    if isinstance(tree, dict) and "json" in tree and not any(key in tree for key in USER_KEYS):
        inner = tree["json"]
        return _users(msgspec.json.decode(inner) if isinstance(inner, str) and inner.strip() else inner)
    if isinstance(tree, dict):
        tree = _listed(tree)
    if isinstance(tree, dict):  # PHP writes lists with gaps so
        tree = list(tree.values())
    if tree is None or tree == "":
        return ()
    if isinstance(tree, list) and not any(_is_group(user) for user in tree):
        return tree
    raise ValueError(NO_LIST)


def _is_group(tree: Any) -> bool:
    return isinstance(tree, dict) and any(key in tree for key in ("gid", *USER_KEYS))


def _listed(group: dict[str, Any]) -> Any:
    """What stands under the first key that holds anything."""
    found = [group[key] for key in USER_KEYS if key in group]
    if not found:
        raise ValueError(NO_LIST)
    return next((users for users in found if users not in (None, "", [], {})), None)


def _member(user: Any) -> Member:
    posted = user.get("cid") if isinstance(user, dict) else user
    if isinstance(posted, (list, dict)):
        posted = None
    elif isinstance(posted, int) and abs(posted) >= SHOWABLE:
        posted = str(posted)
    return Member(posted, _number(posted))


def _number(posted: str | float | bool | None) -> int:
    """12, 12.0, "12", "12.0" -> 12; anything else is nobody."""
    if isinstance(posted, str):
        digits = _DIGITS.fullmatch(posted)
        posted = int(digits[1]) if digits else 0
    if isinstance(posted, bool) or posted is None or not 0 < posted < LARGEST:
        return 0
    return int(posted) if posted == int(posted) else 0


def stub(posted: str | float | bool | None) -> dict[str, Any]:
    """The least of a user object for a posted value that is nobody: Friendica_mobile reads `wrong users` as users, and
    what is missing in one as empty. 0 for what is no number."""
    number = _number(posted)
    name = "" if posted is None else str(posted)
    return {"id": number, "id_str": str(number), "name": name, "screen_name": name, "cid": number}


def by_name(accounts: Iterable[hub.Account]) -> list[hub.Account]:
    """In the order group_show lists people."""
    return sorted(accounts, key=lambda account: (account.display.casefold(), account.acct))


def result(gid: int, name: str, status: str, wrong: Sequence[Any] = ()) -> tuple[dict[str, Any], dict[str, Any]]:
    """(JSON, XML) of a changed group; no XML name has the space that the JSON key has. `wrong` beats `status`."""
    told = {"success": True, "gid": gid, "name": name, "status": MISSING if wrong else status}
    return {**told, "wrong users": list(wrong)}, {**told, "wrong_users": list(wrong)}
