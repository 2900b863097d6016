"""What a server counts, and what it says came to be, as frozen records."""

from __future__ import annotations

from dataclasses import dataclass

from viewer_app.sources.orthanc import shape

_LEVELS = ("Patient", "Study", "Series", "Instance")


@dataclass(frozen=True, slots=True)
class Statistics:
    """How many of each the server has."""

    patients: int
    studies: int
    series: int
    instances: int


@dataclass(frozen=True, slots=True)
class Change:
    """Something that came to be; `kind` in Orthanc's word, as "NewInstance"; `level` is "Study" and the like."""

    number: int
    kind: str
    level: str
    id: str


@dataclass(frozen=True, slots=True)
class ChangePage:
    """Some changes, oldest first; `last` is the number to ask on from, `done` where there are no further ones."""

    changes: tuple[Change, ...]
    last: int
    done: bool


def statistics(answer: shape.Record) -> Statistics:
    """Read `GET /statistics`."""
    names = ("CountPatients", "CountStudies", "CountSeries", "CountInstances")
    return Statistics(*(shape.count(answer, name) for name in names))


def change_page(answer: shape.Record) -> ChangePage:
    """Read `GET /changes`; changes of what has no Orthanc ID (jobs, modalities) are left out."""
    found = tuple(
        Change(shape.count(one, "Seq"), shape.text(one, "ChangeType"), level, shape.orthanc_id(one))
        for one in shape.records(answer.get("Changes"))
        if (level := shape.text(one, "ResourceType")) in _LEVELS
    )
    return ChangePage(found, shape.count(answer, "Last"), shape.flag(answer, "Done"))
