"""Choqok, unmodified, with a made configuration: what a person does with mouse and keyboard."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.desktop.accessible import Gone, Widget
from tests.desktop.screen import Screen, appears

PROGRAM = "choqok"
TITLE = "Choqok"
TIMELINES = ("Home", "Reply", "Inbox", "Outbox", "Favorite", "ReTweets", "Public")
POST_MARK = "\ufdd0"
"""Qt writes tables into the text of a widget with it; Choqok shows each post as a table."""
AVATAR, SIGNATURE = 62, 26
"""Pixels: Qt tells the place of a letter from the left of its table cell, which stands right of the avatar; the author
stands in the last line of a post."""
AWAY = (1270, 990)
"""Beside the window: a mouse that rests where a menu opens chooses in it."""
STILL = 4
"""Looks at the same place in a row."""
COMPOSER = "<b>Note"
"""How the hint of every text field for posts begins."""


def configure(home: Path, server: str, name: str, password: str) -> None:
    """One account of the kind Friendica that knows of one friend, its password where Choqok has it without KWallet."""
    account = {
        "Alias": name, "Username": name, "MicroBlog": "choqok_friendica", "Host": server, "Api": "/api",
        "Enable": "true", "UsingOAuth": "false", "PostCharLimit": "500", "CountOfPosts": "20",
        "Friends": "bob",
        "Timelines": ",".join(TIMELINES),
    }  # fmt: skip
    _write(home / ".config" / "choqokrc", f"Account_{name}", account)
    _write(home / ".config" / "kwalletrc", "Wallet", {"Enabled": "false", "First Use": "false"})
    secrets = home / ".local" / "share" / "choqok" / "choqok" / "secretsrc"
    _write(secrets, "Secrets", {name: b64encode(password.encode()).decode()})


def _write(path: Path, group: str, entries: dict[str, str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([f"[{group}]", *(f"{key}={value}" for key, value in entries.items()), ""]))


class Choqok(NamedTuple):
    """The running program."""

    screen: Screen
    widget: Widget

    @property
    def frame(self) -> Widget:
        """The main window."""
        return self.widget.matching("frame", TITLE)[0]

    def texts(self, timeline: str) -> list[str]:
        """The posts shown in a timeline, by the label above it."""
        return [post.text for post in self._posts(timeline)]

    def seen(self, timeline: str, words: str) -> Widget:
        """The post with these words, as soon as the timeline shows it."""

        def found() -> Widget | None:
            return next((post for post in self._posts(timeline) if words in post.text), None)

        return appears(found, f"{words!r} in {timeline!r}")

    def gone(self, timeline: str, words: str) -> None:
        """Waits until no post of the timeline has these words."""
        appears(lambda: not any(words in text for text in self.texts(timeline)), f"the absence of {words!r}")

    def update(self) -> None:
        """Ask for what is new."""
        self.frame.matching("push button", "Update Timelines")[0].do("Press")

    def show(self, name: str) -> None:
        """Turn to the timeline of that name."""
        self._click(self.frame.matching("check box", name)[0])

    def compose(self, text: str) -> None:
        """Write into the field above the timelines, behind what stands there, and send it."""
        field = self.frame.matching("text", hint=COMPOSER)[0]
        field.write(field.text + text)
        self.screen.focus(TITLE)
        field.do("SetFocus")
        appears(lambda: field.focused, "the keyboard in the field for posts")
        self.screen.keys("Return")
        appears(lambda: not field.text, "an empty field for posts")

    def composed(self) -> str:
        """What stands in that field."""
        return self.frame.matching("text", hint=COMPOSER)[0].text

    def press(self, post: Widget, hint: str) -> None:
        """A button of a post."""
        next(widget for widget in post.all() if widget.hint == hint).do("Press")

    def switch(self, post: Widget, hint: str) -> None:
        """What can be on or off; it is only shown while the mouse is over the post, and reacts to nothing else."""
        left, top, *_ = self._resting(post)
        self.screen.move(left + 1, top + 1)
        self._click(next(widget for widget in post.all() if widget.hint == hint))

    def choose(self, button: Widget, place: int) -> None:
        """The entry at this place (from 1) of a button's menu."""
        before = self.screen.windows()
        self.screen.move(*AWAY)
        button.do("ShowMenu")
        appears(lambda: self.screen.windows() - before, "an open menu")
        self.screen.keys(*["Down"] * place, "Return")

    def answer(self, dialog: str, button: str) -> None:
        """Press a button of a dialog, as soon as it is there."""
        self.dialog(dialog).matching("push button", button)[0].do("Press")

    def dialog(self, title: str) -> Widget:
        """An open dialog, as soon as it is there."""
        return appears(lambda: next(iter(self.widget.matching("dialog", title)), None), f"the dialog {title}")

    def menu(self, hint: str, post: Widget) -> Widget:
        """A button of a post that has a menu."""
        return next(widget for widget in post.all() if widget.hint == hint)

    def more(self) -> Widget:
        """The button for everything else."""
        return self.frame.matching("button menu", "More")[0]

    def sign_in(self, name: str, password: str) -> None:
        """Answer the question for name and password, which KDE asks for pages that want them."""
        self.screen.window("Authentication Dialog")
        self.screen.keys("ctrl+a")
        self.screen.write(name)
        self.screen.keys("Tab")
        self.screen.write(password)
        self.screen.keys("Return")

    def follow(self, post: Widget, name: str, place: int) -> None:
        """Press on the author, then on the entry at this place (from 1) of the actions, the last of the menu."""
        _, top, _, height = self._resting(post)
        x, _, width, _ = post.place(post.text.rindex(name))
        before = self.screen.windows()
        self.screen.click(x + AVATAR + width // 2, top + height - SIGNATURE // 2)
        appears(lambda: self.screen.windows() - before, "an open menu")
        self.screen.keys("Up", "Right", *["Down"] * (place - 1), "Return")

    def _click(self, widget: Widget) -> None:
        x, y, width, height = self._resting(widget)
        self.screen.click(x + width // 2, y + height // 2)

    @staticmethod
    def _resting(widget: Widget) -> tuple[int, int, int, int]:
        """Where it is, once it moves no more: new posts push others down."""
        places = [widget.box()]

        def rests() -> bool:
            places.append(widget.box())
            return len(places) > STILL and len({*places[-STILL:]}) == 1

        appears(rests, "a widget at rest")
        return places[-1]

    def _posts(self, timeline: str) -> list[Widget]:
        return [
            post for widget in self.frame.all() if _holds(widget, timeline) for post in widget.all() if _is_post(post)
        ]


def _holds(widget: Widget, label: str) -> bool:
    try:
        return label in {child.name for child in widget.children() if child.role == "label"}
    except Gone:
        return False


def _is_post(widget: Widget) -> bool:
    try:
        return widget.role == "label" and POST_MARK in widget.text
    except Gone:
        return False


@contextmanager
def running(screen: Screen, log: Path) -> Iterator[Choqok]:
    """Choqok, asked nothing any more. Its window is large enough for what is pressed by its place."""
    with screen.started(PROGRAM, f"(Information|{TITLE})", log) as widget:
        notice = appears(
            lambda: widget.matching("dialog", "Information") or widget.matching("frame", f"{TITLE} ("), "a window"
        )[0]
        if notice.role == "dialog":
            notice.matching("push button", "OK")[0].do("Press")
        screen.widen(TITLE, 900, 950)
        yield Choqok(screen, widget)
