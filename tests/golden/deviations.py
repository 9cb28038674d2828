"""Where the gateway answers otherwise than Friendica 2021.01 did, each with its reason. No row may be idle."""

from __future__ import annotations

import re
from fnmatch import fnmatch
from typing import NamedTuple


class Otherwise(NamedTuple):
    """Replies whose file name matches `files` (shell pattern). `structure` False: another kind of document is meant."""

    files: str
    status: int
    reason: str
    structure: bool = True


class Detail(NamedTuple):
    """Findings that match `pattern` (regular expression over the whole line) in files that match one of `files`
    (shell patterns between bars)."""

    pattern: str
    reason: str
    files: str = "*"

    def excuses(self, file: str, finding: str) -> bool:
        """This finding in this file."""
        here = any(fnmatch(file, pattern) for pattern in self.files.split("|"))
        return here and re.fullmatch(self.pattern, finding) is not None


STATUSES: tuple[Otherwise, ...] = (
    Otherwise("error.unknown_call_*", 501, "unknown calls answer 501, as the specification says"),
    Otherwise("format.api_1_1_prefix_unknown.json", 501, "unknown calls answer 501, as the specification says"),
    Otherwise("format.api_root.json", 501, "unknown calls answer 501, as the specification says"),
    Otherwise("format.ext_on_middle_segment.xml", 501, "paths are matched exactly; an extension stands at the end"),
    Otherwise("error.no_auth_module_call.xml", 401, "followers/ids has extensions here: the login is missing"),
    Otherwise("f*-ids.ok.*", 200, "specified calls work with extension: a bare list", False),
    Otherwise("f*-ids.empty.json", 200, "specified calls work with extension: a bare list", False),
    Otherwise("f*-ids.post.json", 200, "any method, as specified", False),
    Otherwise("f*-ids.noext_post.txt", 200, "any method, as specified", False),
    Otherwise("f*-ids.cursor.json", 200, "specified calls work with extension", False),
    Otherwise("followers-ids.count1.json", 200, "specified calls work with extension", False),
    Otherwise("followers-ids.stringify.json", 200, "specified calls work with extension", False),
    Otherwise("f*-ids.screen_name_bob.json", 200, "others' followers are not shown: an empty list", False),
    Otherwise("f*-ids.user_id_bob.json", 200, "others' friends are not shown: an empty list", False),
    Otherwise("followers-ids.unknown_screen_name.json", 200, "others' followers are not shown: an empty list", False),
    Otherwise("followers-ids.noext_unknown_*.txt", 200, "others' followers are not shown: an empty list", False),
    Otherwise("f*-ids.noext_screen_name_bob.json", 200, "others' lists are not shown; bare without a cursor", False),
    Otherwise("f*-ids.noext_user_id_bob.json", 200, "others' lists are not shown; bare without a cursor", False),
    Otherwise("f*-ids.noext_stringify_*.json", 200, "bare list unless a cursor is sent", False),
    Otherwise("f*-ids.noext_count1.json", 200, "bare list unless a cursor is sent", False),
    Otherwise("friends-ids.noext_empty.json", 200, "bare list unless a cursor is sent", False),
    Otherwise("followers-ids.noext.txt", 200, "the original crashed without stringify_ids", False),
    Otherwise("followers-ids.noext_no_auth.txt", 401, "the error document instead of an HTML page", False),
    Otherwise("statuses-followers.cursor_undefined.json", 200, "the original crashed on the word undefined", False),
    Otherwise("*.anonymous.json", 401, "without [anonymous] nobody is read for callers without a login", False),
    Otherwise("users-show.anonymous_user_id.json", 401, "without [anonymous] nobody is read without a login", False),
    Otherwise("statuses-home_timeline.count0.json", 200, "a count below 1 is the default", False),
    Otherwise("statuses-home_timeline.count_text.json", 200, "a count that is no number is the default", False),
    Otherwise("statuses-home_timeline.count_negative.json", 200, "a count below 1 is the default", False),
    Otherwise("statuses-mentions.count1_page2.json", 200, "the original paged twice: page 2 was empty", False),
    Otherwise("media-upload.ok.xml.txt", 200, "the original sent no usable XML", False),
    Otherwise("media-upload.not_an_image.txt", 400, "a failed upload is an error, not 200 with a line of text", False),
    Otherwise("statuses-destroy.foreign_status.json", 403, "what is not one's own cannot be deleted", False),
    Otherwise("statuses-update.group_allow*.json", 400, "groups come with issue 3: nobody's group yet", False),
    Otherwise("statuses-update.contact_deny.json", 400, "the server cannot hide a post from single people", False),
    Otherwise("statuses-update.invalid_utf8.json", 400, "bad bytes are the client's error, never a 500"),
    Otherwise("statuses-update.put.json", 200, "parameters are read from every body, also of PUT", False),
    Otherwise("statuses-update.json_body.json", 200, "parameters are read from every body, JSON too", False),
    Otherwise("users-search.partial_name.json", 200, "a part of a name finds people", False),
    Otherwise("statuses-show.private_not_addressed.json", 200, "the mock shows everything to everybody", False),
    Otherwise("statuses-retweet.private.json", 200, "followers-only here, and one's own may be boosted", False),
    Otherwise("http.get_with_origin.json", 403, "authenticated calls with a foreign Origin are refused", False),
)

ROOTS = dict.fromkeys(("statuses/update", "statuses/update_with_media", "statuses/retweet"), "status")
"""Calls whose XML had another root, which says what the document is."""

DETAILS: tuple[Detail, ...] = (
    Detail(r"extra (error|request|code|errors)", "one error body serves all clients"),
    Detail(r"type .*utc_offset: int instead of str", "int 0: the original mixed both"),
    Detail(r"extra .*(retweet_count|favorite_count|retweeted|possibly_sensitive)", "true, and clients look for them"),
    Detail(r"extra .*friendica[_:]comments", "in every outer status, as later releases do"),
    Detail(r"extra .*attachments\[\]\.(thumb_url|description)", "previews and alternative texts are worth having"),
    Detail(r"(empty|missing|type) .*friendica[_:]activities.*", "no dislikes and answers on the mock; none in lists"),
    Detail(r"(extra|type) .*friendica[_:]activities.*", "a favourite is a like, a boost an announce", "*-show.*"),
    Detail(r"(extra|type) .*(attachments|entities).*", "filled; the original left them empty or lost the items in XML"),
    Detail(
        r"type status\.in_reply_to_\w+: (int|str) instead of null|missing (user/)?status[./]attachments",
        "the newest own post is an answer here, there it was a photo of an album",
        "account-verify_credentials.*|users-show.self_by_screen_name.json",
    ),
    Detail(
        r"type \[\]\.in_reply_to_\w+: (int|str) instead of null",
        "the word false means false, so answers are listed",
        "statuses-home_timeline.exclude_replies_false_string.json",
    ),
    Detail(r"missing attachments", "BBCode is no markup on Mastodon servers", "statuses-update.bbcode.json"),
    Detail(
        r"extra .*retweeted_status",
        "own boosts are listed, and a retweet answers the boost (ADR 1)",
        "statuses-user_timeline.*|statuses-retweet.ok.*|http.*",
    ),
    Detail(r"(type|missing) geo.*", "Mastodon servers hold no coordinates"),
    Detail(r"extra (config/)?attachments", "GNU social's own words about uploads"),
    Detail(r"extra expires_after_secs", "as Twitter said it"),
    Detail(r"empty ids\[\]", "a cursor is a place in the list here, no contact id", "f*-ids.noext_count1_cursor.json"),
    Detail(r"empty \[\]", "the post itself, which has no answers, is left out", "conversation-show.include_entities.*"),
    Detail(r"extra \[\]", "Carol's like is a favourite here", "favorites.empty.json"),
)
