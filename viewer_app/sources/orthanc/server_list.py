"""The file with the user's servers, which holds no password, and what it says of an address or a name."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from viewer_app.errors import CaliperError, SourceError
from viewer_app.sources.orthanc.address import Server, StudyAddress, parse_address, parse_pin

FILE = "servers.json"
LONGEST_NAME = 60
_LONGEST = 2000
_TEXTS = ("name", "url", "user", "ca_file", "pin")
_STUDY = "#study="


def rows_in(folder: Path) -> tuple[Server, ...]:
    """The servers that the user has listed; none where there is no list, or none that can be read."""
    try:
        return parsed(json.loads((folder / FILE).read_text(encoding="utf-8")))[0]
    except (OSError, ValueError, RecursionError):
        return ()


def known_among(rows: Sequence[Server], server: Server) -> Server:
    """The row of the same URL and user, with its trust and proxy; `server` where there is none.

    Without a user, the only one of that URL is meant.
    """
    there = [row for row in rows if row.url == server.url]
    same = [row for row in there if row.user == server.user]
    if not same and not server.user and len(there) == 1:
        same = there
    return replace(same[0], password=server.password) if same else server


def address_by_name(text: str, rows: Sequence[Server]) -> str:
    """The address of a study that is written `NAME#study=UID` by the name of a row; any other `text` as it is."""
    name, sign, study = text.rpartition(_STUDY)
    row = next((row for row in rows if sign and row.name.casefold() == name.strip().casefold()), None)
    return text if row is None else str(StudyAddress(row, study))


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


def as_json(row: Server) -> dict[str, Any]:
    """Field by field, so that nothing else of a server can ever come into the file."""
    return {
        "name": row.name,
        "url": row.url,
        "user": row.user,
        "ca_file": str(row.ca_file or ""),
        "pin": row.pin,
        "use_proxy": row.use_proxy,
    }


def parsed(data: object) -> tuple[tuple[Server, ...], str]:
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
