"""Sending a message: a `direct` post to exactly the people meant, by the rules of every post (DESIGN section 8)."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from adapters.backend import Window
from adapters.errors import Missing
from gateway.ask import Ask
from gateway.audience import Audience
from gateway.compose import check_length
from gateway.errors import ApiError
from gateway.mailbox import Letter
from gateway.posting import Attempt, Message, answered_by, answers, letters, media_of
from gateway.recipients import audience_of
from mappings import hub
from mappings.hub import Visibility
from mappings.text import text_from_html


class MessageAttempt(Attempt):
    """One request of direct_messages/new."""

    def __init__(self, ask: Ask) -> None:
        super().__init__(ask)
        self._message: Message | None = None

    async def read(self) -> Message:
        """Title and conversation of an answer are those of the answered message; to an unknown one it is a new message.

        Raises ApiError 400, 404; BackendError.
        """
        if self._message is None:
            ask, text = self.ask, self.ask.text("text")
            check_length(text, "", ask.session.backend.capabilities)
            parent = await self._parent()
            audience = await audience_of(ask, parent)
            title = parent.title if parent else ask.text("title")
            media = await media_of(ask)
            self._message = Message(
                text=text, html="", title=title, parent=parent, audience=audience, media=media, uploads=()
            )
        return self._message

    async def _parent(self) -> hub.Status | None:
        answered = await self._answered()
        if answered is None:
            return None
        try:
            status = (await self.ask.session.backend.status(answered.native)).status
        except Missing:
            return None
        if status.visibility != Visibility.DIRECT:
            raise ApiError(400, "The answered message is no longer private; the answer was not sent.")
        return status

    async def _answered(self) -> Letter | None:
        id = self.ask.id("replyto")
        return None if id is None else await self.ask.gateway.messages.find(self.ask.session, id)

    async def newest(self) -> Iterable[hub.Entry]:
        """Own posts and what the backend tells of messages: not every server has the direct ones among the posts."""
        backend = self.ask.session.backend
        posts = await backend.own_newest()
        if backend.capabilities.conversations:
            exchanges = await backend.conversations(None)
            return [*posts, *(one.last for one in exchanges.items if one.last)]
        home = await backend.home(Window(limit=backend.capabilities.page_size))
        return [*posts, *home.items]

    async def recognised(self) -> Callable[[hub.Status], bool]:
        """The same words from me to the same people, answering the same message."""
        ask, message = self.ask, await self.read()
        answered = await answered_by(ask, "replyto") if message.parent else None
        wanted, people = letters(message.text), _accts(message.audience)

        def is_it(status: hub.Status) -> bool:
            return (
                status.account.native == ask.session.account.native
                and status.visibility == Visibility.DIRECT
                and letters(text_from_html(status.content)) == wanted
                and {mention.acct.casefold() for mention in status.mentions} == people
                and answers(ask, status, answered)
            )

        return is_it


def _accts(audience: Audience) -> set[str]:
    return {person.acct.casefold() for person in audience.people}
