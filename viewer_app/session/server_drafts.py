"""Servers as they are being typed: what is usable is saved at once, what is not stays a draft and says why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from viewer_app.errors import CaliperError
from viewer_app.session.servers import Servers
from viewer_app.sources.orthanc.address import Server, parse_address
from viewer_app.sources.orthanc.server_list import LONGEST_NAME, faults_of

Field = Literal["name", "address", "user", "ca_file", "pin", "use_proxy"]
_PLACE = "http://host:8042"


@dataclass(frozen=True, slots=True)
class Draft:
    """The texts of a server as they are typed. `saved` is the server the list holds meanwhile, None for a new one."""

    name: str = ""
    address: str = ""
    user: str = ""
    ca_file: str = ""
    pin: str = ""
    use_proxy: bool = False
    saved: Server | None = None

    @property
    def server(self) -> Server:
        """What is typed, as a server without password; CaliperError where the address is none."""
        url = _parsed(self.address).url
        ca_file = Path(self.ca_file) if self.ca_file else None
        return Server(url, self.user, "", ca_file, self.pin, self.use_proxy, self.name)


def draft_of(server: Server) -> Draft:
    """The texts of a server of the list."""
    return Draft(
        server.name, server.url, server.user, str(server.ca_file or ""), server.pin, server.use_proxy, saved=server
    )


def tidied(draft: Draft, others: Iterable[Draft] = ()) -> Draft:
    """`draft` without what a pasted address has too much; its user, and a name, where none is typed."""
    draft = replace(draft, name=draft.name.strip(), user=draft.user.strip(), ca_file=draft.ca_file.strip())
    try:
        named = _parsed(draft.address)
    except CaliperError:
        return draft
    name = draft.name or _free_name(named.title[:LONGEST_NAME], _names(others))
    return replace(draft, name=name, address=named.url, user=draft.user or named.user)


def faults_in(draft: Draft, others: Sequence[Draft] = ()) -> Mapping[Field, CaliperError]:
    """What is wrong in which field, beside the other drafts; empty where the server can be saved."""
    found: dict[Field, CaliperError] = {}
    for field, check in _CHECKS:
        if (fault := check(draft, others)) is not None:
            found[field] = fault
    if not found and (rest := faults_of((draft.server,))):
        found["address"] = rest[0]
    return found


class Drafts:
    """The list of `servers` while it is edited, in its order."""

    def __init__(self, servers: Servers) -> None:
        self._servers = servers
        self._rows = [draft_of(server) for server in servers.rows]
        self._removed: tuple[int, Draft] | None = None

    @property
    def rows(self) -> tuple[Draft, ...]:
        """All drafts."""
        return tuple(self._rows)

    @property
    def removed(self) -> Draft | None:
        """What `undo` would bring back."""
        return self._removed[1] if self._removed else None

    def others(self, index: int) -> tuple[Draft, ...]:
        """All drafts but one."""
        return tuple(row for at, row in enumerate(self._rows) if at != index)

    def add(self) -> int:
        """A new draft at the end; its index."""
        self._rows.append(Draft())
        return len(self._rows) - 1

    def edit(self, index: int, draft: Draft) -> Mapping[Field, CaliperError]:
        """Have `draft`, tidied, at `index`, and save it where it can be; what is wrong with it.

        Raises:
            CaliperError: the file could not be written.
        """
        before = self._rows[index].saved
        draft = tidied(replace(draft, saved=before), self.others(index))
        self._rows[index] = draft
        faults = faults_in(draft, self.others(index))
        if not faults and draft.server != before:
            self._rows[index] = replace(draft, saved=draft.server)
            was_last = before is not None and before == self._servers.last
            self._save(draft.name if was_last else None)
        return faults

    def remove(self, index: int) -> None:
        """Take the draft at `index` off the list. Raises what `edit` raises."""
        self._removed = index, self._rows.pop(index)
        self._save()

    def undo(self) -> int:
        """Bring back what was removed last, where it was; its index. Raises what `edit` raises."""
        assert self._removed is not None
        index, draft = self._removed
        index, self._removed = min(index, len(self._rows)), None
        self._rows.insert(index, replace(draft, saved=None))
        self.edit(index, draft)
        return index

    def move(self, index: int, to: int) -> None:
        """Put the draft at `index` to the place `to`, counted without it. Raises what `edit` raises."""
        self._rows.insert(to, self._rows.pop(index))
        self._save()

    def _save(self, last: str | None = None) -> None:
        rows = tuple(row.saved for row in self._rows if row.saved is not None)
        if rows != self._servers.rows:
            self._servers.replace(rows, last)


def _parsed(text: str) -> Server:
    if "://" not in text:
        raise CaliperError(
            "The address begins neither with http:// nor with https://." if text.strip() else "There is no address.",
            f"Write it like {_PLACE}, or paste it from the browser.",
        )
    return parse_address(text).server


def _names(others: Iterable[Draft]) -> frozenset[str]:
    """The names that are taken: as they are typed, and as they are saved."""
    both = ((row.name, row.saved.name if row.saved else "") for row in others)
    return frozenset(name.casefold() for pair in both for name in pair if name)


def _free_name(wanted: str, taken: frozenset[str]) -> str:
    if wanted.casefold() not in taken:
        return wanted
    return next(name for n in range(2, len(taken) + 3) if (name := f"{wanted[: LONGEST_NAME - 4]} {n}") not in taken)


def _name_fault(draft: Draft, others: Sequence[Draft]) -> CaliperError | None:
    if draft.name.casefold() in _names(others):
        return CaliperError("Another server has this name.", "Give it one of its own.")
    if not (0 < len(draft.name) <= LONGEST_NAME and draft.name.isprintable()):
        return CaliperError("It has no name, or a very long one.", f"Write 1 to {LONGEST_NAME} letters.")
    return None


def _address_fault(draft: Draft, others: Sequence[Draft]) -> CaliperError | None:
    try:
        _parsed(draft.address)
    except CaliperError as error:
        return error
    return None


def _ca_file_fault(draft: Draft, others: Sequence[Draft]) -> CaliperError | None:
    if draft.ca_file and _is_http(draft):
        return CaliperError("A CA file is for https, but the address says http.", "Write https://, or take it out.")
    if draft.ca_file and not Path(draft.ca_file).is_file():
        return CaliperError("There is no such file.", "Choose the file that IT gave you (PEM).")
    return None


def _pin_fault(draft: Draft, others: Sequence[Draft]) -> CaliperError | None:
    if draft.pin and _is_http(draft):
        return CaliperError("A pin is for https, but the address says http.", "Write https://, or take the pin off.")
    if draft.pin and draft.ca_file:
        return CaliperError("There is a CA file as well.", "Keep one of them.")
    return None


def _is_http(draft: Draft) -> bool:
    return _address_fault(draft, ()) is None and not _parsed(draft.address).is_secure


_CHECKS: tuple[tuple[Field, Callable[[Draft, Sequence[Draft]], CaliperError | None]], ...] = (
    ("address", _address_fault),
    ("name", _name_fault),
    ("ca_file", _ca_file_fault),
    ("pin", _pin_fault),
)
