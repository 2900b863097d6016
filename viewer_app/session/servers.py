"""The user's servers: a list of frozen values in a file of the configuration folder, without any password."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QSettings, Signal

from viewer_app.errors import SourceError
from viewer_app.session.own_file import OwnFile
from viewer_app.sources.orthanc.address import Server, parse_address
from viewer_app.sources.orthanc.server_list import FILE, LONGEST_NAME, as_json, faults_of, known_among, parsed


class Servers(QObject):
    """The servers in the user's order, each with a name of its own, and the one that was used last.

    Their passwords are with `sources.orthanc.passwords`: `rows` never hold one.
    """

    changed = Signal()
    """There is another list, or another last server, from now on."""

    def __init__(self, folder: Path, settings: QSettings | None = None, parent: QObject | None = None) -> None:
        """Read the file of `folder`; where there is none, the one server that older settings remember."""
        super().__init__(parent)
        self._file = OwnFile(folder / FILE, "servers", "the list is empty")
        found, self.problem = self._file.read(parsed)
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
        return known_among(self._rows, server)

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
        self._file.write({"last": self._last, "servers": [as_json(row) for row in self._rows]})


def _remembered(settings: QSettings) -> tuple[tuple[Server, ...], str] | None:
    """The one server of Caliper's first dialog, named by its host."""
    try:
        named = parse_address(str(settings.value("server/address", ""))).server
    except SourceError:
        return None
    server = replace(named, user=str(settings.value("server/user", "")) or named.user, name=named.title[:LONGEST_NAME])
    return None if faults_of((server,)) else ((server,), server.name)
