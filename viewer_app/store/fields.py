"""How times and text lie in the store's columns."""

from __future__ import annotations

from datetime import UTC, datetime

import peewee


def time_to_text(time: datetime) -> str:
    """UTC as 2026-01-31T12:00:00.000000+00:00: sorts as it reads. ValueError for a time without zone."""
    if time.tzinfo is None:
        raise ValueError("a stored time needs its time zone")
    return time.astimezone(UTC).isoformat(timespec="microseconds")


def time_from_text(text: object) -> datetime:
    """The UTC time `time_to_text` wrote; ValueError for anything else."""
    time = datetime.fromisoformat(str(text))
    if time.tzinfo is None:
        raise ValueError(f"a stored time without its time zone: {text!r}")
    return time.astimezone(UTC)


def storable(text: str) -> str:
    """The text with lone surrogates, which UTF-8 cannot hold, as question marks."""
    return text.encode("utf-8", "replace").decode("utf-8")


class UtcField(peewee.TextField):
    """A UTC time with microseconds, as text."""

    def db_value(self, value: datetime | str | None) -> str | None:
        """The text to write."""
        return time_to_text(value) if isinstance(value, datetime) else value
