"""Rows of a profile table become documented fields where their names say so."""

from __future__ import annotations

import pytest

from mappings import hub
from mappings.profile import birthday, profile_tree, sorted_fields


def rows(*pairs: tuple[str, str]) -> tuple[hub.ProfileField, ...]:
    return tuple(hub.ProfileField(name=name, value=value) for name, value in pairs)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1990-05-12", "1990-05-12"), ("1990/5/2", "1990-05-02"), ("12.05.1990", "1990-05-12"), ("1. 2.", "0000-02-01"),
        ("--05-12", "0000-05-12"), ("12 May 1990", "1990-05-12"), ("3rd of October", "0000-10-03"),
        ("Feb 29", "0000-02-29"), ("February 29, 2000", "2000-02-29"), ("1st Sept. 2001", "2001-09-01"),
        ("30 Feb 2001", ""), ("3/4/1990", ""), ("1990", ""), ("soon", ""), ("", ""), ("1990-13-01", ""),
        ("32.1.2000", ""), ("12 Brumaire 1990", ""), ("١٢ May", ""), ("0000-00-00", ""), ("29 Feb 2001", ""),
    ],
)  # fmt: skip
def test_birthdays_are_certain_days_or_none(text: str, day: str) -> None:
    assert birthday(text) == day


def test_known_names_fill_documented_fields() -> None:
    site = '<a href="https://ada.example" rel="me"><span class="invisible">https://</span>ada.example</a>'
    known, custom = sorted_fields(
        rows(
            ("Location", "London &amp; Paris"), ("Website:", site), ("Pronouns", "she/her"),
            ("Birthday", "10 Dec 1985"), ("Country", "England"), ("Hobbies", "<b>maths</b><script>x</script>"),
            ("Matrix", "@ada:example"),
        )
    )  # fmt: skip
    assert known == {
        "city": "London & Paris", "homepage": "https://ada.example", "gender": "she/her",
        "date_of_birth": "1985-12-10", "country": "England", "interest": "<b>maths</b>",
    }  # fmt: skip
    assert custom == [{"label": "Matrix", "value": "@ada:example"}]


def test_what_does_not_fit_a_field_is_not_lost() -> None:
    known, custom = sorted_fields(
        rows(("Website", "ask me"), ("Birthday", "in spring"), ("City", "Rome"), ("Location", "Italy"), ("", ""))
    )
    assert known == {"city": "Rome"}
    assert [row["label"] for row in custom] == ["Website", "Birthday", "Location", ""]
    assert custom[0]["value"] == "ask me"


def test_hostile_rows_are_harmless() -> None:
    known, custom = sorted_fields(
        rows(
            ("Homepage", '<a href="javascript:alert(1)">x</a>'), ("Music", '<img src=x onerror="y">&#1;'),
            ("<script>", '<p onclick="z">v</p>'),
        )
    )  # fmt: skip
    assert "homepage" not in known
    values = [*known.values(), *(row["value"] for row in custom)]
    assert not any(bad in value for value in values for bad in ("javascript", "onerror", "onclick", "\x01"))


def test_an_empty_profile_has_every_field() -> None:
    tree = profile_tree(hub.Account(native="1", username="ada", acct="ada"))
    assert (tree["profile_id"], tree["profile_name"], tree["is_default"]) == ("1", "ada", True)
    assert (tree["date_of_birth"], tree["marital_since"]) == ("0000-00-00", None)
    assert {name for name, value in tree.items() if value == ""} >= {"address", "likes", "homepage", "about"}
