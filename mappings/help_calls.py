"""help/configuration and help/languages in Twitter's shapes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mappings import hub

PHOTO_SIZES = {
    "thumb": {"w": 150, "h": 150, "resize": "crop"},
    "small": {"w": 340, "h": 480, "resize": "fit"},
    "medium": {"w": 600, "h": 1200, "resize": "fit"},
    "large": {"w": 1024, "h": 2048, "resize": "fit"},
}
"""What the names of sizes meant to Twitter's clients; pictures come as large as the server has them."""
LANGUAGES = {
    "ar": "Arabic", "bg": "Bulgarian", "ca": "Catalan", "cs": "Czech", "cy": "Welsh", "da": "Danish", "de": "German",
    "el": "Greek", "en": "English", "eo": "Esperanto", "es": "Spanish", "et": "Estonian", "eu": "Basque",
    "fa": "Persian", "fi": "Finnish", "fr": "French", "ga": "Irish", "gl": "Galician", "he": "Hebrew", "hi": "Hindi",
    "hr": "Croatian", "hu": "Hungarian", "id": "Indonesian", "is": "Icelandic", "it": "Italian", "ja": "Japanese",
    "ko": "Korean", "lt": "Lithuanian", "lv": "Latvian", "nb": "Norwegian", "nl": "Dutch", "no": "Norwegian",
    "pl": "Polish", "pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "sk": "Slovak", "sl": "Slovenian",
    "sr": "Serbian", "sv": "Swedish", "th": "Thai", "tr": "Turkish", "uk": "Ukrainian", "vi": "Vietnamese",
    "zh": "Chinese",
}  # fmt: skip


def configuration_tree(site: hub.Site, *, most_bytes: int, paths: Iterable[str]) -> dict[str, Any]:
    """help/configuration: the server's limits, `most_bytes` where the gateway takes less. Pictures take no characters
    of a post. `paths`: first words of addresses that are no names of people."""
    return {
        "characters_reserved_per_media": 0,
        "dm_text_character_limit": site.max_chars,
        "max_media_per_upload": site.max_media,
        "photo_size_limit": min(site.image_bytes or most_bytes, most_bytes),
        "photo_sizes": PHOTO_SIZES,
        "short_url_length": site.url_chars,
        "short_url_length_https": site.url_chars,
        "non_username_paths": list(paths),
    }


def languages_tree(site: hub.Site) -> list[dict[str, str]]:
    """help/languages: those the server says it speaks."""
    codes = dict.fromkeys(code.lower() for code in (*site.languages, site.language) if code)
    return [{"code": code, "name": _language(code), "status": "production"} for code in codes]


def _language(code: str) -> str:
    return LANGUAGES.get(code.replace("_", "-").partition("-")[0], code)
