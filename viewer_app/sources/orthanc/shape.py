"""Answers in JSON to values of known types: nothing else of an answer is ever used."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from viewer_app.sources.orthanc.address import ORTHANC_ID
from viewer_app.sources.orthanc.errors import BadResponse, WebPage

Record = Mapping[str, Any]


def parse(data: bytes) -> Any:
    """Parse JSON; BadResponse where it is none, too deep, or holds NaN or a key twice."""
    try:
        return json.loads(data.decode("utf-8"), parse_constant=_refuse, object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        if data.lstrip()[:1] == b"<":
            raise WebPage from error
        raise BadResponse(
            "The server answered with something that is not JSON.", "Check that the address is Orthanc's."
        ) from error


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no JSON")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key comes twice")
    return found


def record(value: Any) -> Record:
    """A JSON object."""
    if not isinstance(value, dict):
        raise unexpected("an object")
    return value


def records(value: Any) -> Sequence[Record]:
    """A list of JSON objects."""
    if not isinstance(value, list):
        raise unexpected("a list")
    return [record(item) for item in value]


def text(source: Record, key: str) -> str:
    """A text, "" where it is missing or null."""
    value = source.get(key)
    if value is not None and not isinstance(value, str):
        raise unexpected(f"a text as {key}")
    return value or ""


def flag(source: Record, key: str) -> bool:
    """A truth value, False where it is missing."""
    value = source.get(key, False)
    if not isinstance(value, bool):
        raise unexpected(f"true or false as {key}")
    return value


def count(source: Record, key: str) -> int:
    """A whole number that is not negative."""
    value = source.get(key)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise unexpected(f"a count as {key}")
    return value


def inner(source: Record, key: str) -> Record:
    """An object inside the object, empty where it is missing: servers leave out what they do not know."""
    return record(source.get(key) or {})


def orthanc_id(source: Record, key: str = "ID") -> str:
    """One of Orthanc's own IDs."""
    return checked_id(text(source, key))


def orthanc_ids(source: Record, key: str) -> tuple[str, ...]:
    """A list of Orthanc's own IDs."""
    value = source.get(key) or []
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise unexpected(f"a list of IDs as {key}")
    return tuple(map(checked_id, value))


def checked_id(value: str) -> str:
    """`value` if it has the form of Orthanc's IDs; BadResponse otherwise. Asked before any URL is built."""
    if not ORTHANC_ID.fullmatch(value):
        raise BadResponse("This is no ID of an Orthanc server.", "Refresh the list of studies.")
    return value


def unexpected(wanted: str) -> BadResponse:
    """The error for an answer without `wanted`."""
    return BadResponse(f"The server's answer lacks {wanted}.", "Check that the address is Orthanc's.")
