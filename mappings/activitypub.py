"""ActivityPub client-to-server, read and written without I/O (reference/activitypub-c2s.md). What adapters use."""

from __future__ import annotations

from mappings.activitypub_known import NOTHING_KNOWN, Known
from mappings.activitypub_links import Page, host_of, page_of, page_url, same_host, web
from mappings.activitypub_notifications import aimed, is_own, notification_of
from mappings.activitypub_parts import LISTED, readers, visibility_of
from mappings.activitypub_people import account_of, is_actor, mention_of, person_of, stub
from mappings.activitypub_raw import entry, read, written
from mappings.activitypub_rights import applies, owners_of, owns
from mappings.activitypub_statuses import STATUSES, Wanted, embedded, marked, status_of, wanted
from mappings.activitypub_terms import (
    ACTORS,
    CONTEXT,
    CREATING,
    PUBLIC,
    Document,
    Gone,
    Unreadable,
    as_list,
    id_of,
    ids_of,
    is_a,
    normal,
    types_of,
)
from mappings.activitypub_text import date_of, line, paragraphs, text_of, total, when

__all__ = [
    "ACTORS",
    "CONTEXT",
    "CREATING",
    "LISTED",
    "NOTHING_KNOWN",
    "PUBLIC",
    "STATUSES",
    "Document",
    "Gone",
    "Known",
    "Page",
    "Unreadable",
    "Wanted",
    "account_of",
    "aimed",
    "applies",
    "as_list",
    "date_of",
    "embedded",
    "entry",
    "host_of",
    "id_of",
    "ids_of",
    "is_a",
    "is_actor",
    "is_own",
    "line",
    "marked",
    "mention_of",
    "normal",
    "notification_of",
    "owners_of",
    "owns",
    "page_of",
    "page_url",
    "paragraphs",
    "person_of",
    "read",
    "readers",
    "same_host",
    "status_of",
    "stub",
    "text_of",
    "total",
    "types_of",
    "visibility_of",
    "wanted",
    "web",
    "when",
    "written",
]
