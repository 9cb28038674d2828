"""Whom the reader follows, blocks and mutes, and whom the server proposes (reference/backend-facts.md section 4)."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from adapters.errors import Missing
from adapters.lacks import refusal, require
from adapters.mastodon import entities
from adapters.mastodon.decode import one, split
from adapters.mastodon.instance import readable
from adapters.mastodon.own import Own
from mappings import hub

ACTION = "/api/v1/accounts/{}/"
MUTES, SUGGESTIONS, REPORTS = "/api/v1/mutes", "/api/v2/suggestions", "/api/v1/reports"
SUGGESTED_AT_ONCE = "40"
SPAM = "spam"


class Relating(Own):
    """Each method is one bounded call."""

    async def mutes(self, cursor: str | None) -> hub.Page[hub.Account]:
        """Whom the reader mutes; goes on where the Link header says."""
        require(self.capabilities, "mutes_list")
        return await self.people(MUTES, cursor)

    async def requests_sent(self, cursor: str | None) -> hub.Page[hub.Account]:  # noqa: ARG002
        """No server of this kind tells."""
        raise refusal(self.capabilities, "requests_sent")

    async def suggestions(self) -> tuple[hub.Suggestion, ...]:
        """Whom the server proposes to follow."""
        require(self.capabilities, "suggestions")
        try:
            answer = await self.get(SUGGESTIONS, [("limit", SUGGESTED_AT_ONCE)])
        except Missing:
            raise refusal(self.capabilities, "suggestions") from None
        return readable(split(answer.body), self.suggestion)

    def suggestion(self, raw: bytes) -> hub.Suggestion:
        """One of them. Raises BadAnswer."""
        row = one(raw, entities.Suggestion)
        source = next(iter(row.sources or ()), "") or row.source or ""
        return hub.Suggestion(account=self.reader.account(bytes(row.account)), source=source)

    async def follow(self, native: str, *, reblogs: bool | None = None, notify: bool | None = None) -> hub.Relationship:
        """Follow or ask to. Where a follow shows late, the answer is that it was asked for."""
        if (reblogs, notify) != (None, None):
            require(self.capabilities, "follow_options")
        found = await self.change(native, "follow", reblogs=reblogs, notify=notify)
        if self.instance.software.follows_later and not found.following:
            return replace(found, requested=True)
        return found

    async def unfollow(self, native: str) -> hub.Relationship:
        """End it, or take the request back."""
        return await self.change(native, "unfollow")

    async def block(self, native: str) -> hub.Relationship:
        """Ends what was between the two: by a second call on snac, which only hides whom it blocks."""
        found = await self.change(native, "block")
        if found.following:
            found = replace(await self.change(native, "unfollow"), blocking=found.blocking)
        return found

    async def unblock(self, native: str) -> hub.Relationship:
        """They may follow again."""
        return await self.change(native, "unblock")

    async def mute(self, native: str) -> hub.Relationship:
        """Notifications, too, which GoToSocial does not without being asked, and for good."""
        require(self.capabilities, "mutes")
        return await self.change(native, "mute", notifications=True)

    async def unmute(self, native: str) -> hub.Relationship:
        """They are shown again."""
        require(self.capabilities, "mutes")
        return await self.change(native, "unmute")

    async def change(self, native: str, action: str, **options: Any) -> hub.Relationship:
        """What the server says the relationship is after a change of it."""
        path = self.instance.path(ACTION, native) + action
        body = {name: value for name, value in options.items() if value is not None}
        answer = await self.instance.upstream.write("POST", path, self.token, json=body or None)
        return one(answer.body, entities.Relationship).hub()

    async def report(self, native: str, comment: str = "") -> None:
        """To the people who run this server; nothing is passed on to others."""
        require(self.capabilities, "reports")
        body = {"account_id": self.known(native), "category": SPAM, "comment": comment}
        await self.instance.upstream.write("POST", REPORTS, self.token, json=body)
