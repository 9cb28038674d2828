"""direct_messages and its boxes, /new, /destroy; friendica/direct_messages_setseen, _search.

Wire: reference/wire-friendica.md section 3.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress

from adapters.errors import BackendError, Missing, TokenGone
from gateway import posting
from gateway.ask import Ask
from gateway.errors import NO_STATUS, ApiError
from gateway.mailbox import Keep, Letter
from gateway.message_posting import MessageAttempt
from gateway.messages import Mail
from gateway.narrow import MESSAGE
from gateway.paging import Span
from gateway.params import whole_number
from gateway.recipients import names_of
from gateway.replies import Empty, Reply, Tree, User
from gateway.stores.store import StoreDown
from mappings import hub
from mappings.messages import Form, Frame, Side, message

EMPTY_ROOT = "direct_messages_all"
DELETE_ERRORS, SEEN_ERRORS, SEARCH_ERRORS = (
    "direct_messages_delete",
    "direct_messages_setseen",
    "direct_messages_search",
)
UNKNOWN, UNSPECIFIED = "message id not in database", "message id not specified"


async def received(ask: Ask) -> Reply:
    """The inbox."""
    me = ask.session.account.native
    return await _box(ask, lambda one: one.author != me)


async def sent(ask: Ask) -> Reply:
    """Own messages."""
    me = ask.session.account.native
    return await _box(ask, lambda one: one.author == me)


async def everything(ask: Ask) -> Reply:
    """Both."""
    return await _box(ask, lambda _: True)


async def conversation(ask: Ask) -> Reply:
    """Those of one conversation; of none without `uri`."""
    uri = ask.text("uri")
    return await _box(ask, lambda one: bool(uri) and one.root == uri)


async def _box(ask: Ask, keep: Keep) -> Reply:
    people, me = await names_of(ask), ask.session.account.native

    def wanted(one: Letter) -> bool:
        return keep(one) and (people is None or one.exchanged_with(people, me))

    mails = await ask.gateway.messages.page(ask.session, Span.of(ask), wanted)
    if not mails and ask.flag("friendica_verbose"):
        return _result("error", "no mails available", EMPTY_ROOT)
    return Tree(json=await _trees(ask, mails))


async def _trees(ask: Ask, mails: Sequence[Mail]) -> list[dict[str, object]]:
    """The message objects."""
    form = _form(ask)
    return [message(status, form, frame) for status, frame in await framed(ask, mails, whole=form.users)]


async def framed(ask: Ask, mails: Sequence[Mail], *, whole: bool) -> list[tuple[hub.Status, Frame]]:
    """Messages with all that they have beside their statuses. Numbers come in one batch, accounts in one call at most;
    `whole` false: of people only ids and names are needed."""
    session = ask.session
    people = await ask.gateway.correspondents.of(session, mails, whole=whole)
    statuses = [mail.status for mail in mails]
    natives = [account.native for account in people.values()]
    accounts = (await ask.gateway.ids.number(session.backend, statuses, natives)).accounts
    sides = {name: _side(ask, account, accounts[account.native]) for name, account in people.items()}
    ids = await ask.gateway.narrow.shown(session, MESSAGE, [mail.letter.id for mail in mails])
    return [(ask.shown(mail.status), _frame(ask, mail.letter, sides, accounts, ids)) for mail in mails]


def _side(ask: Ask, account: hub.Account, number: int) -> Side:
    own = account.native == ask.session.account.native
    name = account.acct if ask.session.dialect.screen_names == "address" else account.username
    return Side(number=number, screen_name=ask.session.screen_name if own else name, user=User(account))


def _frame(
    ask: Ask, letter: Letter, sides: Mapping[str, Side], accounts: Mapping[str, int], ids: Mapping[int, int]
) -> Frame:
    return Frame(
        number=ids[letter.id],
        sender=sides[letter.author],
        recipient=sides[letter.recipient(ask.session.account.native)],
        title=letter.title,
        seen=letter.seen,
        parent_uri=letter.root,
        accounts=accounts,
    )


def _form(ask: Ask) -> Form:
    dialect = ask.session.dialect
    return Form(
        text=ask.text("getText"),
        users=ask.flag("getUserObjects"),
        entities=ask.flag("include_entities"),
        titled=dialect.titled_messages,
        escape=dialect.escape,
        mark=dialect.mark,
        id=dialect.message_id,
    )


async def new(ask: Ask) -> Reply:
    """Send a message."""
    return Tree(json=(await _trees(ask, [await send(ask)]))[0])


async def send(ask: Ask) -> Mail:
    """The message that the parameters of direct_messages/new say; the same request again within a short window gives
    the same message. Raises ApiError, BackendError."""
    if not ask.text("text").strip() and not ask.texts("media_ids"):
        raise ApiError(400, "Text not specified")
    once, session = ask.gateway.once, ask.session
    key, attempt = once.key(session.account.id, ask.call.path, posting.parts(ask)), MessageAttempt(ask)
    entry = session.backend.entry(await once.run(key, attempt.send, attempt.look))
    await once.remember(session.account.id, entry.status.native, key)
    mail = await ask.gateway.messages.put(session, entry)
    if mail is None:
        raise ApiError(502, "The server made something else of the message.")
    return mail


async def show(ask: Ask) -> Reply:
    """One message."""
    return await _as_it_was(ask, await _named(ask, "Message id not specified"))


async def destroy(ask: Ask) -> Reply:
    """Delete an own message at the backend, hide a received one. With friendica_verbose errors are answers too.

    `friendica_parenturi` is optional, as the specification says; 2021.01 refused without it where it was verbose.
    """
    if not ask.flag("friendica_verbose"):
        return await _deleted(ask, await _named(ask, "Message id not specified"))
    try:
        await _deleted(ask, await _named(ask, "message id or parenturi not specified"))
    except TokenGone:
        raise
    except ApiError as error:
        return _result("error", error.text, DELETE_ERRORS)
    except BackendError:
        return _result("error", "unknown error", DELETE_ERRORS)
    return _result("ok", "message deleted", ask.call.root)


async def _named(ask: Ask, unspecified: str) -> Letter:
    """The message with this id, of this conversation where one is given. Raises ApiError 400."""
    id, uri = ask.id("id"), ask.text("friendica_parenturi")
    if id is None:
        raise ApiError(400, unspecified)
    found = await ask.gateway.messages.find(ask.session, id)
    if found is None or (uri and found.root != uri):
        raise ApiError(400, UNKNOWN, NO_STATUS)
    return found


async def _deleted(ask: Ask, letter: Letter) -> Reply:
    """What is answered without friendica_verbose. Raises ApiError 400 for what was gone before."""
    reply = Empty() if ask.flag("friendica_verbose") else await _confirmed(ask, letter)
    await delete(ask, letter)
    return reply


async def delete(ask: Ask, letter: Letter) -> None:
    """An own message at the backend; a received one is hidden. Raises ApiError 400 for what was gone before."""
    session, messages = ask.session, ask.gateway.messages
    if letter.author != session.account.native:
        await messages.mark(session, letter.key, hidden=True)
        return
    try:
        await session.backend.remove(letter.native)
    except Missing:
        await messages.drop(session, letter.key)
        raise ApiError(400, UNKNOWN, NO_STATUS) from None
    with suppress(StoreDown):  # it is deleted; the next poll finds that out too
        await messages.drop(session, letter.key)
        await ask.gateway.once.undone(session.account.id, letter.native)


async def _confirmed(ask: Ask, letter: Letter) -> Reply:
    """What the client reads once it is deleted."""
    wanted = ask.session.dialect.deleted_message
    if wanted == "message":
        return await _as_it_was(ask, letter)
    return _result("ok", "message deleted", ask.call.root) if wanted == "result" else Empty()


async def _as_it_was(ask: Ask, letter: Letter) -> Reply:
    return Tree(json=(await _trees(ask, [await body(ask, letter)]))[0], root="direct_message")


async def body(ask: Ask, letter: Letter) -> Mail:
    """The message with its status: one call. Raises ApiError 400 for what is gone."""
    try:
        return Mail(letter, (await ask.session.backend.status(letter.native)).status)
    except Missing:
        raise ApiError(400, UNKNOWN, NO_STATUS) from None


async def set_seen(ask: Ask) -> Reply:
    """Mark as seen; the mark stays with the gateway. An id that is none is answered, not refused: a client tries 0."""
    text = ask.text("id").strip()
    if not text:
        return _result("error", UNSPECIFIED, SEEN_ERRORS)
    found = await ask.gateway.messages.find(ask.session, whole_number(text) or 0)
    if found is None:
        return _result("error", UNKNOWN, SEEN_ERRORS)
    await ask.gateway.messages.mark(ask.session, found.key, seen=True)
    return _result("ok", "message set to seen", ask.call.root)


async def search(ask: Ask) -> Reply:
    """Messages whose text holds `searchstring`; the title does not count."""
    words = ask.text("searchstring")
    if not words:
        return _result("error", "searchstring not specified", SEARCH_ERRORS)
    found = await ask.gateway.messages.search(ask.session, words)
    if not found:
        return Tree(json={"success": False, "search_results": "nothing found"})
    return Tree(json={"success": True, "search_results": await _trees(ask, found)})


def _result(result: str, text: str, root: str) -> Tree:
    return Tree(json={"result": result, "message": text}, root=root)
