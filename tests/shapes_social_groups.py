"""Shapes of the groups of the network (`gateway.rows.social_groups`)."""

from __future__ import annotations

import re
from typing import Any

KINDS = {
    "statusnet/groups/timeline": "statuses", "statusnet/groups/show": "group", "statusnet/groups/join": "group",
    "statusnet/groups/leave": "group", "statusnet/groups/is_member": "is_member",
    "statusnet/groups/list": "social_groups",
}  # fmt: skip
OTHER_ROOTS = {"statusnet/groups/list": "groups"}
DATE = re.compile(r"[A-Z][a-z]{2} [A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d \+0000 \d{4}")


def _group(document: Any, call: str) -> None:
    assert set(document) == {
        "id", "url", "nickname", "fullname", "member_count", "original_logo", "homepage_logo", "stream_logo",
        "mini_logo", "homepage", "description", "location", "created", "modified", "member",
    }, call  # fmt: skip
    assert 0 < document["id"] < 2**31
    assert DATE.fullmatch(document["created"])
    assert isinstance(document["member"], bool)


def _groups(document: Any, call: str) -> None:
    for group in document:
        _group(group, call)


def _is_member(document: Any, call: str) -> None:
    assert set(document) == {"is_member"}, call


CHECKS = {"group": _group, "social_groups": _groups, "is_member": _is_member}


def twin(call: str, document: Any) -> Any:
    """What the XML of the same reply holds."""
    return document["is_member"] if call == "statusnet/groups/is_member" else document
