"""What a program shows on the screen, and pressing its buttons, as a screen reader does: AT-SPI over D-Bus."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, NamedTuple

from jeepney import DBusAddress, DBusErrorResponse, MessageFlag, new_method_call
from jeepney.io.blocking import DBusConnection, open_dbus_connection
from jeepney.wrappers import unwrap_msg

ATSPI = "org.a11y.atspi."
ROOT = ("org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root")
BUS = DBusAddress("/org/a11y/bus", bus_name="org.a11y.Bus", interface="org.a11y.Bus")
CALL_SECONDS = 10
DEEPEST = 40
FOCUSED = 12
"""The bit of this state."""


class Gone(Exception):
    """The widget is no longer there."""


def connected(session_bus: str) -> DBusConnection:
    """The bus of accessible programs, by the address of the session's bus. Raises OSError."""
    with open_dbus_connection(session_bus) as session:
        (address,) = session.send_and_get_reply(new_method_call(BUS, "GetAddress"), timeout=CALL_SECONDS).body
    return open_dbus_connection(address)


class Widget(NamedTuple):
    """One widget. Every method raises Gone when it left the screen."""

    bus: DBusConnection
    owner: str
    path: str

    @property
    def role(self) -> str:
        """`push button`, `check box`, `text`, `label`, `frame`, ..."""
        (found,) = self._call("Accessible", "GetRoleName")
        return str(found)

    @property
    def name(self) -> str:
        """What is written on it."""
        return str(self._property("Accessible", "Name"))

    @property
    def hint(self) -> str:
        """What is said about it."""
        return str(self._property("Accessible", "Description"))

    @property
    def text(self) -> str:
        """What stands in it; empty for what holds no text."""
        try:
            (found,) = self._call("Text", "GetText", "ii", (0, -1))
        except Gone:
            return ""
        return str(found)

    @property
    def focused(self) -> bool:
        """It has the keyboard."""
        ((low, _),) = self._call("Accessible", "GetState")
        return bool(low >> FOCUSED & 1)

    def place(self, offset: int) -> tuple[int, int, int, int]:
        """Where a character of its text is on the screen: left, top, width, height."""
        x, y, width, height = self._call("Text", "GetCharacterExtents", "iu", (offset, 0))
        return x, y, width, height

    def box(self) -> tuple[int, int, int, int]:
        """Where it is on the screen: left, top, width, height."""
        ((x, y, width, height),) = self._call("Component", "GetExtents", "u", (0,))
        return x, y, width, height

    def write(self, text: str) -> None:
        """Replace what stands in it."""
        (done,) = self._call("EditableText", "SetTextContents", "s", (text,))
        assert done, f"{self} takes no text"

    def do(self, action: str) -> None:
        """`Press`, `Toggle`, `ShowMenu`, `SetFocus`. It is not waited for: a menu or dialog may come of it."""
        (actions,) = self._call("Action", "GetActions")
        names = [name for name, *_ in actions]
        assert action in names, f"{self.role} {self.name!r} can only {names}"
        address = DBusAddress(self.path, bus_name=self.owner, interface=ATSPI + "Action")
        message = new_method_call(address, "DoAction", "i", (names.index(action),))
        message.header.flags |= MessageFlag.no_reply_expected
        self.bus.send(message)

    def all(self, depth: int = DEEPEST) -> Iterator[Widget]:
        """Itself and everything in it that is there now."""
        yield self
        if depth:
            for child in self.children():
                with suppress(Gone):
                    yield from child.all(depth - 1)

    def children(self) -> list[Widget]:
        """What stands in it."""
        (found,) = self._call("Accessible", "GetChildren")
        return [Widget(self.bus, owner, path) for owner, path in found]

    def matching(self, role: str, name: str | None = None, hint: str | None = None) -> list[Widget]:
        """Widgets of that role in it whose name and hint begin so."""

        def fits(widget: Widget) -> bool:
            return (
                widget.role == role
                and (name is None or widget.name.startswith(name))
                and (hint is None or widget.hint.startswith(hint))
            )

        return [widget for widget in self.all() if _there(fits, widget)]

    def _property(self, interface: str, name: str) -> Any:
        address = DBusAddress(self.path, bus_name=self.owner, interface="org.freedesktop.DBus.Properties")
        ((_, value),) = self._asked(address, "Get", "ss", (ATSPI + interface, name))
        return value

    def _call(self, interface: str, method: str, signature: str | None = None, body: tuple[Any, ...] = ()) -> Any:
        address = DBusAddress(self.path, bus_name=self.owner, interface=ATSPI + interface)
        return self._asked(address, method, signature, body)

    def _asked(self, address: DBusAddress, method: str, signature: str | None, body: tuple[Any, ...]) -> Any:
        message = new_method_call(address, method, signature, body)
        try:
            return unwrap_msg(self.bus.send_and_get_reply(message, timeout=CALL_SECONDS))
        except DBusErrorResponse as error:
            raise Gone(f"{method} of {self.path}: {error}") from error


def _there(fits: Callable[[Widget], bool], widget: Widget) -> bool:
    try:
        return fits(widget)
    except Gone:
        return False


def programs(bus: DBusConnection) -> list[Widget]:
    """The programs that show something."""
    return Widget(bus, *ROOT).children()
