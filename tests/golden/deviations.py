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
    Otherwise("oauth-request_token.no_params.txt", 400, "a token call that failed is no success (ADR 6)"),
    Otherwise("oauth-request_token.unknown_consumer.txt", 401, "a token call that failed is no success (ADR 6)"),
    Otherwise("oauth-request_token.registered_consumer.txt", 200, "the original crashed", False),
    Otherwise("oauth-access_token.*_request_token.txt", 401, "tokens are not repeated in errors (ADR 6)", False),
    Otherwise("oauth-access_token.*_used_twice.txt", 401, "tokens are not repeated in errors (ADR 6)", False),
    Otherwise("oauth-access_token.ok.txt", 200, "user_id and screen_name beside the token, for clients", False),
    Otherwise("oauth-signed_call.hmac_sha256.json", 200, "HMAC-SHA256 is taken too", False),
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
    Otherwise("statuses-update.contact_deny.json", 400, "the server cannot hide a post from single people", False),
    Otherwise("statuses-update.invalid_utf8.json", 400, "bad bytes are the client's error, never a 500"),
    Otherwise("statuses-update.put.json", 200, "parameters are read from every body, also of PUT", False),
    Otherwise("statuses-update.json_body.json", 200, "parameters are read from every body, JSON too", False),
    Otherwise("users-search.partial_name.json", 200, "a part of a name finds people", False),
    Otherwise("statuses-retweet.private.json", 200, "followers-only here, and one's own may be boosted", False),
    Otherwise("f*-list.ok.*", 200, "specified calls work with extension", False),
    Otherwise("followers-list.noext_ok.txt", 200, "the original crashed without skip_status", False),
    Otherwise("friendica-profile-show.ok.*", 200, "specified calls work with extension", False),
    Otherwise("friendica-profile-show.unknown_profile_id.json", 400, "specified calls work with extension"),
    Otherwise("friendica-profile-show.noext_unknown_profile_id.json", 400, "as specified", False),
    Otherwise("friendica-profile-show.no_auth.json", 401, "specified calls work with extension"),
    Otherwise("friendica-profile-show.post.json", 405, "specified calls work with extension"),
    Otherwise("friendica-profile-show.noext_no_auth.txt", 401, "the error document instead of an HTML page", False),
    Otherwise("friendica-profile-show.noext_post.txt", 405, "the error document instead of an HTML page", False),
    Otherwise("friendica-events.ok.json", 200, "served with extension too", False),
    Otherwise("friendica-notifications.extra_path.json", 501, "paths are matched exactly"),
    Otherwise("friendica-notifications-seen.get.json", 405, "the specified path, which asks for POST"),
    Otherwise("friendica-notifications-seen.as_documented.xml", 200, "the specified path works", False),
    Otherwise("friendica-notification-seen.not_an_item.xml", 200, "the original crashed", False),
    Otherwise("friendica-activity-love.*", 400, "an unknown verb is an error of the call, which exists"),
    Otherwise("friendica-activity-*dislike.ok.*", 501, "the mock has no reactions that could carry a dislike", False),
    Otherwise("friendica-activity-*attend*.ok.*", 501, "the mock has no events", False),
    Otherwise("friendica-group_update.unknown_gid.json", 400, "an unknown group is never updated", False),
    Otherwise("friendica-photo.scale3.json", 200, "every size is made when it is asked for", False),
    Otherwise("friendica-photo-create.media_as_base64_field.json", 500, "base64 is read; these bytes are no picture"),
    Otherwise("direct_messages-new.no_*.txt", 400, "what is missing is said, not answered with nothing", False),
    Otherwise("direct_messages-new.unknown_user_id.json", 404, "one answer for all unknown recipients"),
    Otherwise("direct_messages-new.not_a_contact.json", 200, "strangers can be written to", False),
    Otherwise("direct_messages-destroy.verbose_without_parenturi.json", 200, "optional, as specified: deleted", False),
    Otherwise("account-update_profile_image.ok.*", 200, "the original changed the picture and said 404", False),
    Otherwise("http.get_with_origin.json", 403, "authenticated calls with a foreign Origin are refused", False),
)

BROKEN = {b"wrong users": b"wrong_users"}
"""Bytes that made captured XML malformed, and what they should have been."""

ROOTS = dict.fromkeys(("statuses/update", "statuses/update_with_media", "statuses/retweet"), "status") | {
    "friendica/photo": "photo"
}
"""Calls whose XML had another root, which says what the document is."""

DETAILS: tuple[Detail, ...] = (
    Detail(r"extra (error|request|code|errors)", "one error body serves all clients"),
    Detail(r"type .*utc_offset: int instead of str", "int 0: the original mixed both"),
    Detail(r"extra .*(retweet_count|favorite_count|retweeted|possibly_sensitive)", "true, and clients look for them"),
    Detail(r"extra .*friendica[_:]comments", "in every outer status, as later releases do"),
    Detail(r"extra .*attachments\[\]\.(thumb_url|description)", "previews and alternative texts are worth having"),
    Detail(r"(empty|missing|type) .*friendica[_:]activities.*", "no dislikes or answers; lists show what is known"),
    Detail(r"(extra|type) .*friendica[_:]activities.*", "a favourite is a like, a boost an announce"),
    Detail(r"(extra|type) .*(attachments|entities).*", "filled; the original left them empty or lost the items in XML"),
    Detail(
        r"extra status",
        "the captured request asked to skip it, which its path does not show",
        "oauth-signed_call.plaintext.json",
    ),
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
    Detail(r"empty \[\]", "the mock's portraits are drawings, which are no photos", "friendica-photos-list.empty.json"),
    Detail(
        r"missing users\[\]\.(derived|profile_banner_url|default_profile\w*)|type users\[\]\.(lang|self): .*",
        "one user object for all calls",
        "f*-list.noext_all_params.json",
    ),
    Detail(r"extra \[\]", "a cid is the user's id", "direct_messages.user_id_is_public_id.json"),
    Detail(r"extra (data|datasize)", "scale 0 is the original, as specified", "friendica-photo.scale0.json"),
    Detail(r"type desc: str instead of null", "no description is an empty text", "friendica-photo-create.private.json"),
    Detail(
        r"type direct_message_search/search_results: node .*",
        "the original lost the items in XML",
        "friendica-direct_messages_search.ok.xml",
    ),
    Detail(r"type profiles.*profile_id: str .*", "as releases with several profiles", "friendica-profile-show.*"),
    Detail(r"(missing|extra) users/users?", "the child was called users by mistake", "users-lookup.ok.xml"),
    Detail(r"(missing|extra) statuses/status/geo.*", "the point is written as everywhere else", "search-tweets.ok.xml"),
    Detail(r"type group_create/wrong_users: node .*", "the original lost the items in XML", "friendica-group_create.*"),
    Detail(r"type profiles\[\]\.\w+: (str|bool) instead of null", "empty, as before", "friendica-profile-show.*"),
    Detail(r"type lists/lists: node instead of leaf", "the original lost the items in XML", "lists-ownerships.ok.xml"),
    Detail(r"extra \[\]\.retweeted_status", "boosts of the members are listed", "lists-statuses.ok.json"),
    Detail(r"type : list instead of bool", "no notifications are an empty list", "friendica-notifications.empty.json"),
    Detail(r"type gid: int instead of str", "a group has a number in every answer", "friendica-group_*.json"),
    Detail(
        r"missing [\w-]+",
        "a database row: its keys, secrets and protocol addresses mean nothing here",
        "friendships-destroy.ok.json",
    ),
    Detail(r"extra \w+", "what clients read of a user, and the cid", "friendships-destroy.ok.json"),
    Detail(r"extra \[\]", "Carol's like is a favourite here", "favorites.empty.json"),
)
