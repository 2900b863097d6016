"""The user's servers: a list of frozen values in a file of the configuration folder, without any password."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QSettings, Signal

from viewer_app.errors import CaliperError, SourceError
from viewer_app.session.own_file import OwnFile
from viewer_app.sources.orthanc.address import Server, parse_address, parse_pin

_FILE = "servers.json"
LONGEST_NAME = 60
_LONGEST = 2000
_TEXTS = ("name", "url", "user", "ca_file", "pin")


class Servers(QObject):
    """The servers in the user's order, each with a name of its own, and the one that was used last.

    Their passwords are with `sources.orthanc.passwords`: `rows` never hold one.
    """

    changed = Signal()
    """There is another list, or another last server, from now on."""

    def __init__(self, folder: Path, settings: QSettings | None = None, parent: QObject | None = None) -> None:
        """Read the file of `folder`; where there is none, the one server that older settings remember."""
        super().__init__(parent)
        self._file = OwnFile(folder / _FILE, "servers", "the list is empty")
        found, self.problem = self._file.read(_parsed)
        if found is None and self.problem is None and settings is not None:
            found = _remembered(settings)
        self._rows, self._last = found or ((), "")

    @property
    def rows(self) -> tuple[Server, ...]:
        """All servers."""
        return self._rows

    @property
    def last(self) -> Server | None:
        """The one that was used last, else the first; None where there is none."""
        return self.named(self._last) or next(iter(self._rows), None)

    def named(self, name: str) -> Server | None:
        """The server of that name."""
        return next((row for row in self._rows if row.name == name), None)

    def known(self, server: Server) -> Server:
        """The listed server of the same URL and user, with its trust and proxy; `server` where none is listed.

        Without a user, the only one of that URL is meant.
        """
        there = [row for row in self._rows if row.url == server.url]
        same = [row for row in there if row.user == server.user]
        if not same and not server.user and len(there) == 1:
            same = there
        return replace(same[0], password=server.password) if same else server

    def add(self, server: Server) -> None:
        """Put `server` at the end of the list. Raises what `replace` raises."""
        self.replace((*self._rows, server))

    def edit(self, before: Server, after: Server) -> None:
        """Put `after` in the place of `before`; a name that is changed stays the last one used."""
        was_last = before.name == self._last
        self.replace(
            (after if row.name == before.name else row for row in self._rows), after.name if was_last else None
        )

    def remove(self, server: Server) -> None:
        """Take `server` off the list; its password is the caller's to forget."""
        self.replace(row for row in self._rows if row.name != server.name)

    def move(self, server: Server, index: int) -> None:
        """Put `server` at another place of the list, counted from 0 without it."""
        rows = [row for row in self._rows if row.name != server.name]
        rows.insert(index, server)
        self.replace(rows)

    def use(self, server: Server) -> None:
        """Remember it as the last one used."""
        if server.name != self._last:
            self.replace(self._rows, server.name)

    def replace(self, rows: Iterable[Server], last: str | None = None) -> None:
        """Have `rows` instead, without passwords, and `last` as the name of the last one used.

        Raises:
            CaliperError: a row is unusable (nothing changes then), or the file could not be
                written (the rows are in force all the same).
        """
        wanted = tuple(replace(row, password="", name=row.name.strip()) for row in rows)
        if faults := faults_of(wanted):
            raise next(iter(faults.values()))
        self._rows, self._last = wanted, self._last if last is None else last
        self.changed.emit()
        self._file.write({"last": self._last, "servers": [_as_json(row) for row in self._rows]})


def faults_of(rows: Sequence[Server]) -> Mapping[int, CaliperError]:
    """What is wrong with which server, by its index; empty where nothing is."""
    found: dict[int, CaliperError] = {}
    for index, row in enumerate(rows):
        if any(other.name.casefold() == row.name.casefold() for other in rows[:index]):
            found[index] = CaliperError(f"Two servers are named “{row.name}”.", "Name one of them otherwise.")
        elif fault := _fault(row):
            found[index] = fault
    return found


def _fault(row: Server) -> CaliperError | None:
    trusts = bool(row.pin) or row.ca_file is not None
    checks = (
        (0 < len(row.name) <= LONGEST_NAME and row.name.isprintable(), "A server has no name, or a very long one.",
         f"Write 1 to {LONGEST_NAME} letters."),
        (len(row.url) + len(row.user) <= _LONGEST, "The address is too long.", "Write it anew."),
        (row.is_secure or not trusts, "CA files and pinned certificates are for https, but the address says http.",
         "Write https://, or take them out."),
        (not (row.pin and row.ca_file), "A server has a CA file and a pinned certificate.", "Keep one of them."),
    )  # fmt: skip
    try:
        parsed = parse_address(row.url).server
        pin = parse_pin(row.pin)
    except SourceError as error:
        return error
    if pin != row.pin:
        return CaliperError("The fingerprint of the pinned certificate is not in its plain form.", f"Write {pin}.")
    if parsed.url != row.url or parsed.user:
        return CaliperError("The address is not that of a server alone.", f"Write {parsed.url}.")
    return next((CaliperError(what, advice) for holds, what, advice in checks if not holds), None)


def _as_json(row: Server) -> dict[str, Any]:
    """Field by field, so that nothing else of a server can ever come into the file."""
    return {
        "name": row.name,
        "url": row.url,
        "user": row.user,
        "ca_file": str(row.ca_file or ""),
        "pin": row.pin,
        "use_proxy": row.use_proxy,
    }


def _parsed(data: object) -> tuple[tuple[Server, ...], str]:
    """The user's file; ValueError where anything in it is not as Caliper writes it."""
    try:
        if not isinstance(data, dict) or not isinstance(data["last"], str):
            raise ValueError("no list of servers")
        rows = tuple(_server(row) for row in data["servers"])
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("no list of servers") from error
    if faults_of(rows):
        raise ValueError("unusable servers")
    return rows, data["last"]


def _server(row: Mapping[str, Any]) -> Server:
    texts = {key: row[key] for key in _TEXTS}
    if not all(isinstance(text, str) for text in texts.values()) or not isinstance(row["use_proxy"], bool):
        raise ValueError("no server")
    ca_file = texts.pop("ca_file")
    return Server(**texts, ca_file=Path(ca_file) if ca_file else None, use_proxy=row["use_proxy"])


def _remembered(settings: QSettings) -> tuple[tuple[Server, ...], str] | None:
    """The one server of Caliper's first dialog, named by its host."""
    try:
        named = parse_address(str(settings.value("server/address", ""))).server
    except SourceError:
        return None
    server = replace(named, user=str(settings.value("server/user", "")) or named.user, name=named.title[:LONGEST_NAME])
    return None if faults_of((server,)) else ((server,), server.name)
