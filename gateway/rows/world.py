"""help/*, trends/*, geo/*: what Twitter's clients ask about the server and the world around it."""

from __future__ import annotations

from gateway.calls import JSON_XML, Call, Need, Param, Type
from gateway.rows.shared import LINE_CHARS, NAME_CHARS

PLACE = Param(name="id", type=Type.ID, doc="Number of the place: 1, the world.")
EXCLUDE = Param(name="exclude", cap=NAME_CHARS, doc="`hashtags`: leaves them out, and servers know nothing else.")
POINT = (
    Param(name="lat", cap=NAME_CHARS, doc="Latitude in degrees."),
    Param(name="long", cap=NAME_CHARS, doc="Longitude in degrees."),
)


def trends(path: str, handler: str, doc: str, *params: Param, root: str, item: str = "", tail: str = "") -> Call:
    """A call about hashtags that are much used."""
    return Call(
        path=path,
        params=params,
        ignored=("lang", "date"),
        tail=tail,
        root=root,
        item=item,
        formats=JSON_XML,
        needs=(Need(capability="trends"),),
        spec=False,
        handler=handler,
        doc=doc,
    )


ROWS = (
    Call(
        path="help/configuration",
        auth=False,
        root="configuration",
        formats=JSON_XML,
        spec=False,
        handler="help_calls.configuration",
        doc="The limits of the server: files, sizes, how much of a post an address takes.",
    ),
    Call(
        path="help/languages",
        auth=False,
        root="languages",
        item="language",
        formats=JSON_XML,
        spec=False,
        handler="help_calls.languages",
        doc="The languages that the server says it speaks.",
    ),
    Call(
        path="help/tos",
        aliases=("legal/tos",),
        root="terms_of_service",
        formats=JSON_XML,
        spec=False,
        handler="help_calls.terms",
        doc="The server's terms of service, else its rules, as text; 404 where it publishes none.",
    ),
    Call(
        path="help/privacy",
        aliases=("legal/privacy",),
        root="privacy_policy",
        formats=JSON_XML,
        spec=False,
        handler="help_calls.privacy",
        doc="The server's privacy policy as text; 404 where it publishes none.",
    ),
    trends(
        "trends/place",
        "trends.place",
        "Hashtags that are much used, most first.",
        PLACE,
        EXCLUDE,
        root="matching_trends",
        item="matching_trend",
    ),
    trends(
        "trends",
        "trends.now",
        "As trends/place, in the oldest form; `trends/1` is trends/place.",
        PLACE,
        EXCLUDE,
        root="matching_trends",
        item="matching_trend",
        tail="id",
    ),
    trends(
        "trends/available",
        "trends.places",
        "Where trends are known: in the world.",
        *POINT,
        root="locations",
        item="location",
    ),
    trends(
        "trends/closest",
        "trends.places",
        "Which place with trends is the closest: the world.",
        *POINT,
        root="locations",
        item="location",
    ),
    trends("trends/current", "trends.hours", "Hashtags that are used now.", EXCLUDE, root="trends_list"),
    trends(
        "trends/daily", "trends.hours", "Hashtags by the hour: servers tell of this one.", EXCLUDE, root="trends_list"
    ),
    trends(
        "trends/weekly",
        "trends.weeks",
        "Hashtags by the day, as far back as the server tells.",
        EXCLUDE,
        root="trends_list",
    ),
    Call(
        path="geo/search",
        aliases=("geo/reverse_geocode", "geo/similar_places", "geo/nearby_places"),
        params=(
            *POINT,
            Param(name="ip", cap=NAME_CHARS, doc="Address of a computer."),
            Param(name="query", cap=LINE_CHARS, doc="Words."),
            Param(name="name", cap=LINE_CHARS, doc="Name of a place."),
            Param(name="granularity", cap=NAME_CHARS, doc="Handed back."),
            Param(name="accuracy", cap=NAME_CHARS, doc="Handed back."),
            Param(name="contained_within", cap=NAME_CHARS, doc="Handed back."),
        ),
        ignored=("max_results", "callback"),
        root="geo",
        formats=JSON_XML,
        spec=False,
        handler="geo.search",
        doc="Places by name or position: no server knows any, so none is found.",
    ),
    Call(
        path="geo/id",
        params=(Param(name="place_id", cap=NAME_CHARS, doc="Id of a place."),),
        tail="place_id",
        root="place",
        formats=JSON_XML,
        spec=False,
        handler="geo.place",
        doc="A place: there is none, 404.",
    ),
)
"""All of them beyond the specification."""
