"""account/settings, update_delivery_device, the banner calls, application/rate_limit_status."""

from __future__ import annotations

from adapters.backend import ProfileChange
from gateway.ask import Ask, Upload
from gateway.errors import BAD_MEDIA, ApiError
from gateway.handlers.account import limits, renewed, verify_credentials
from gateway.imaging import NotAPicture, upright
from gateway.people import account_of
from gateway.pictures import picture
from gateway.replies import Empty, Reply, Tree
from mappings import hub
from mappings.account_calls import banner_tree, limits_tree, settings_tree
from mappings.old_pictures import Kind

NO_DEVICES = frozenset({"none", ""})
NO_SUCH_SETTING = "{} cannot be set here; change it on the page of your server."
BANNER_SIDE = 1500
"""Longest side of a banner sent on, upright and without metadata: what Mastodon shows."""
NO_BANNER = "There is no picture at the head of this profile."


async def settings(ask: Ask) -> Reply:
    """What is so for the account. One or two upstream calls."""
    session = ask.session
    person, told = await session.backend.me(), session.backend.capabilities
    language = person.language or (await session.backend.site()).language or "en"
    tree = settings_tree(
        screen_name=session.screen_name,
        language=language,
        protected=person.account.locked,
        places=told.places,
        trends=told.trends,
    )
    _check_wanted(ask, language)
    return Tree(json=tree)


def _check_wanted(ask: Ask, language: str) -> None:
    """Nothing of this can be set through the API of a server: what is so already may be asked for. Raises ApiError
    403, before anything is said to have changed."""
    so = {"lang": {language}, "time_zone": {"UTC", "Etc/UTC"}, "trend_location_woeid": {"1"}, "sleep_time_enabled": {
        "false", "f", "0", "off", "no"}}  # fmt: skip
    for name in (*so, "start_sleep_time", "end_sleep_time", "allow_contributor_request"):
        if ask.has(name) and ask.text(name).strip().lower() not in {one.lower() for one in so.get(name, ())}:
            raise ApiError(403, NO_SUCH_SETTING.format(name))


async def delivery_device(ask: Ask) -> Reply:
    """Nothing is sent to telephones, so none is what can be chosen."""
    if ask.text("device").strip().lower() not in NO_DEVICES:
        raise ApiError(403, "Nothing is sent to telephones.")
    return await verify_credentials(ask)


async def update_banner(ask: Ask) -> Reply:
    """A new picture at the head of the profile. The answer is empty, as Twitter's was. One upstream call."""
    uploads = ask.files("banner")
    if not uploads:
        raise ApiError(400, "banner: the picture.")
    most = ask.gateway.settings.photo_bytes
    if len(uploads[0].data) > most:
        raise ApiError(413, f"The picture is too large: at most {most} bytes.", BAD_MEDIA)
    try:
        made = await upright(uploads[0].data, BANNER_SIDE)
    except NotAPicture:
        raise ApiError(400, "Unable to process image.", BAD_MEDIA) from None
    file = picture(Upload(data=made.data, name=uploads[0].name or "banner"))
    await renewed(ask, ask.session.backend.update_profile(ProfileChange(header=file)))
    return Empty()


async def remove_banner(ask: Ask) -> Reply:
    """No picture there. One upstream call."""
    await renewed(ask, ask.session.backend.remove_header())
    return Empty()


async def profile_banner(ask: Ask) -> Reply:
    """Where somebody's picture is. One upstream call."""
    url = hub.shown_header(await account_of(ask))
    if not url:
        raise ApiError(404, NO_BANNER)
    pictures = ask.pictures
    json, xml = banner_tree(url, (lambda size: pictures.address(url, Kind.BANNER, size)) if pictures else None)
    return Tree(json=json, xml=xml)


async def rate_limits(ask: Ask) -> Reply:
    """The backend's true remainder for every call there is: they all cost from the same. None or one upstream call."""
    from gateway.call_rows import TABLE  # noqa: PLC0415  the table names this handler

    state = await limits(ask)
    forms = [path if not tail else f"{path}/:id" for row in TABLE if row.handler for path in row.paths
             for tail in dict.fromkeys(("", row.tail))]  # fmt: skip
    json, xml = limits_tree(
        forms,
        frozenset(name.strip().lower() for name in ask.texts("resources")),
        who=ask.session.screen_name,
        limit=state.limit,
        remaining=state.remaining,
        reset=state.reset,
    )
    return Tree(json=json, xml=xml)
