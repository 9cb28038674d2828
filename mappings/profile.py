"""friendica/profile/show: the one profile of an account (reference/wire-friendica.md section 10).

Rows of the backend's profile table whose names say what they are fill the documented fields; the others are
`custom_fields`. What is not known is "", so that typed clients read it.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from mappings import hub
from mappings.html import html_clean, plain, read
from mappings.links import Link
from mappings.users import LOCATIONS

PROFILE_ID = 1
"""There is one. Sent as text, because the client that edits profiles reads text (section 16.1)."""

NO_BIRTHDAY = "0000-00-00"

TEXTS = (
    "date_of_birth", "address", "city", "region", "postal_code", "country", "hometown", "gender", "marital",
    "marital_with", "marital_since", "sexual", "politic", "religion", "public_keywords", "private_keywords",
)  # fmt: skip
RICH = (
    "likes", "dislikes", "about", "music", "book", "tv", "film", "interest", "romance", "work", "education",
    "social_networks",
)  # fmt: skip
"""Documented fields in their order: plain text, then HTML."""

COUNTRIES = frozenset({"country", "land", "pays", "país", "pais", "paese", "страна", "国"})

NAMES: dict[str, frozenset[str]] = {
    "date_of_birth": frozenset(
        {
            "birthday", "date of birth", "born", "dob", "birth date", "birthdate", "geburtstag", "geburtsdatum",
            "anniversaire", "date de naissance", "cumpleaños", "fecha de nacimiento", "compleanno", "data di nascita",
            "aniversário", "data de nascimento", "verjaardag", "urodziny", "день рождения", "誕生日", "🎂",
        }
    ),
    "address": frozenset({"address", "street", "adresse", "anschrift", "dirección", "indirizzo", "endereço"}),
    "country": COUNTRIES,
    "city": LOCATIONS - COUNTRIES,
    "region": frozenset({"region", "state", "province", "county", "bundesland", "région", "región", "regione"}),
    "postal_code": frozenset({"zip", "zip code", "postal code", "postcode", "plz", "postleitzahl", "code postal"}),
    "hometown": frozenset({"hometown", "home town", "heimatort", "heimatstadt", "ville natale", "ciudad natal"}),
    "gender": frozenset(
        {
            "gender", "sex", "pronouns", "pronoun", "my pronouns", "geschlecht", "pronomen", "genre", "pronoms",
            "género", "genero", "pronombres", "genere", "pronomi", "gênero", "pronomes", "местоимения", "性別",
        }
    ),
    "marital": frozenset({"marital status", "relationship", "relationship status", "familienstand", "beziehung"}),
    "sexual": frozenset({"sexuality", "sexual orientation", "sexual preference", "sexualität"}),
    "politic": frozenset({"politics", "political views", "politik", "politique", "política", "politica"}),
    "religion": frozenset({"religion", "religious views", "faith", "religión", "religione", "religião"}),
    "public_keywords": frozenset({"keywords", "public keywords", "schlagworte", "stichworte", "mots-clés"}),
    "likes": frozenset({"likes", "i like", "ich mag", "j'aime", "me gusta"}),
    "dislikes": frozenset({"dislikes", "i dislike", "i don't like", "je n'aime pas"}),
    "music": frozenset({"music", "musik", "musique", "música", "musica"}),
    "book": frozenset({"books", "book", "literature", "reading", "bücher", "livres", "libros", "libri", "livros"}),
    "tv": frozenset({"tv", "television", "tv shows", "series", "fernsehen", "serien"}),
    "film": frozenset({"film", "films", "movies", "movie", "filme", "cine", "películas", "cinéma", "cinema"}),
    "interest": frozenset({"interests", "interest", "hobbies", "hobby", "interessen", "hobbys", "intérêts", "loisirs"}),
    "romance": frozenset({"love", "romance", "love/romance", "liebe"}),
    "work": frozenset({"work", "job", "occupation", "employer", "profession", "arbeit", "beruf", "travail", "trabajo"}),
    "education": frozenset({"education", "school", "university", "studies", "schule", "ausbildung", "studium"}),
    "social_networks": frozenset({"social networks", "social media", "contact", "contact information", "kontakt"}),
    "homepage": frozenset(
        {
            "homepage", "home page", "website", "web site", "web", "site", "url", "www", "webseite", "site web",
            "sitio web", "página web", "sito", "sito web", "strona", "сайт", "ウェブサイト", "🌐", "🏠",
        }
    ),
}  # fmt: skip
"""Documented field to what people call it, casefolded, without a colon."""

_FIELD = {name: field for field, names in NAMES.items() for name in names}


def profile_tree(account: hub.Account) -> dict[str, Any]:
    """The profile, keys in documented order. `profile_photo` and `profile_thumb` are the avatar."""
    known, custom = sorted_fields(account.fields)
    avatar = account.avatar or account.avatar_static
    unset = dict.fromkeys((*TEXTS, *RICH, "homepage"), "") | {"date_of_birth": NO_BIRTHDAY, "marital_since": None}
    return {
        "profile_id": str(PROFILE_ID),
        "profile_name": account.display,
        "is_default": True,
        "hide_friends": False,
        "profile_photo": avatar,
        "profile_thumb": avatar,
        "publish": False,
        "net_publish": False,
        "description": plain(account.note),
        **unset,
        "about": html_clean(account.note),
        **known,
        "users": [],
        "custom_fields": custom,
    }


def sorted_fields(fields: tuple[hub.ProfileField, ...]) -> tuple[dict[str, str], list[dict[str, str]]]:
    """(documented field to value, the rest as label and HTML). The first row for a field counts."""
    known: dict[str, str] = {}
    custom = []
    for row in fields:
        field = _FIELD.get(row.name.strip(" :\t\n").casefold(), "")
        value = _value(field, row.value) if field and field not in known else ""
        if value:
            known[field] = value
        else:
            custom.append({"label": row.name, "value": html_clean(row.value)})
    return known, custom


def _value(field: str, html: str) -> str:
    """What the row says, in the form of the field; "" when it cannot be put so."""
    if field == "homepage":
        return _address(html)
    if field == "date_of_birth":
        return birthday(plain(html))
    return html_clean(html) if field in RICH else plain(html)


def _address(html: str) -> str:
    link = next((piece.url for piece in read(html).pieces if isinstance(piece, Link)), "")
    return link if link.startswith(("https://", "http://")) else ""


# birthdays ------------------------------------------------------------------------------------------------------------

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

_MONTH = r"(?P<name>[a-z]{3})[a-z]*\.?"
_FORMS = tuple(
    re.compile(form, re.IGNORECASE | re.ASCII)
    for form in (
        r"(?:(?P<year>\d{4})|-)[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})",
        r"(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?(?P<year>\d{4})?",
        rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.)?\s+(?:of\s+)?{_MONTH}(?:,?\s+(?P<year>\d{{4}}))?",
        rf"{_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s+(?P<year>\d{{4}}))?",
    )
)
"""Only forms that mean one day: 3/4/1990 does not. Without a year the documented year of a hidden one is sent."""

LEAP_YEAR = 2000


def birthday(text: str) -> str:
    """`YYYY-MM-DD`, with year 0000 where none is told; "" for what is no certain day."""
    found = next((match for form in _FORMS if (match := form.fullmatch(text.strip()))), None)
    if found is None:
        return ""
    parts = found.groupdict()
    month = int(parts["month"]) if parts.get("month") else _month(parts["name"])
    year, day = int(parts["year"] or 0), int(parts["day"])
    try:
        date(year or LEAP_YEAR, month, day)
    except ValueError:
        return ""
    return f"{year:04}-{month:02}-{day:02}"


def _month(name: str) -> int:
    short = name.lower()
    return MONTHS.index(short) + 1 if short in MONTHS else 0
