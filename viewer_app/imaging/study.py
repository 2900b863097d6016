"""Instances to studies and series: grouping by identity, never by file name or folder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from viewer_app.imaging.headers import Instance, Patient, Problem, SeriesInfo, StudyInfo

_MOST_NAMED = 5

TWIN = (
    "Another file with the same SOP Instance UID; it cannot be measured here, "
    "since marks belong to the UID: open it alone."
)


@dataclass(frozen=True, slots=True)
class Series:
    """One series of one patient. `instances` are in instance-number order; stacks sort by place."""

    info: SeriesInfo
    instances: tuple[Instance, ...]


@dataclass(frozen=True, slots=True)
class Study:
    """One study of one patient. `problems` lists what of it cannot be shown, and why.

    `server_id` is what an Orthanc server calls it, "" for a study from elsewhere.
    """

    patient: Patient
    info: StudyInfo
    series: tuple[Series, ...]
    problems: tuple[Problem, ...] = ()
    server_id: str = ""

    @property
    def instances(self) -> tuple[Instance, ...]:
        """All instances, series by series."""
        return tuple(instance for series in self.series for instance in series.instances)

    @property
    def modalities(self) -> tuple[str, ...]:
        """Each modality once, in series order."""
        return tuple(dict.fromkeys(series.info.modality for series in self.series if series.info.modality))


Same = Callable[[Instance, Instance], bool]


def same_header(one: Instance, other: Instance) -> bool:
    """True where nothing that was read of two instances differs but where they lie."""
    return one.mark == other.mark and one == replace(other, locator=one.locator)


def assemble(instances: Iterable[Instance], same: Same = same_header) -> tuple[Study, ...]:
    """Group instances into studies, newest first.

    A study is one Study Instance UID of one patient (ID and name): the same UID
    under two patients makes two studies, each with a problem that says so (H51).
    A SOP Instance UID that comes twice is shown once, and told; where `same` finds
    the two different, both are shown and told: the first has the marks, since they
    belong to the UID, and each other is a twin that has none (H46).
    """
    groups: dict[tuple[str, str, str], dict[str, list[Instance]]] = {}
    for instance in instances:
        key = (instance.study.study_uid, instance.patient.patient_id, instance.patient.name)
        groups.setdefault(key, {}).setdefault(instance.series.series_uid, []).append(instance)
    uids = [uid for uid, _, _ in groups]
    studies = [_study(series, same, shared=uids.count(uid) > 1) for (uid, _, _), series in groups.items()]
    return tuple(sorted(studies, key=lambda study: (study.info.date, study.info.time), reverse=True))


def _study(groups: dict[str, list[Instance]], same: Same, *, shared: bool) -> Study:
    problems: list[Problem] = []
    if shared:
        problems.append(Problem("Study", "The same Study Instance UID is used for two patients; they are kept apart."))
    series = []
    for members in groups.values():
        unique, told = _without_repeats(members, same)
        problems += told
        series.append(Series(members[0].series, tuple(sorted(unique, key=_instance_order))))
    problems += _in_two_series(groups)
    series.sort(key=lambda item: (item.info.number is None, item.info.number or 0, item.info.series_uid))
    first = series[0].instances[0]
    return Study(first.patient, first.study, tuple(series), tuple(problems))


def _in_two_series(groups: dict[str, list[Instance]]) -> Iterator[Problem]:
    uids = Counter(uid for members in groups.values() for uid in {one.sop_instance_uid for one in members})
    shared = sum(count > 1 for count in uids.values())
    if shared:
        what = "1 SOP Instance UID stands" if shared == 1 else f"{shared} SOP Instance UIDs stand"
        yield Problem("Study", f"{what} in two series; a mark stays in the series it was drawn in.")


def _without_repeats(instances: list[Instance], same: Same) -> tuple[list[Instance], list[Problem]]:
    unique: dict[str, Instance] = {}
    differing, copies = [], 0
    for instance in instances:
        first = unique.setdefault(instance.sop_instance_uid, instance)
        if first is instance:
            continue
        if same(first, instance):
            copies += 1
        else:
            differing.append((first, instance))
    name = instances[0].series.description or instances[0].series.modality or "Series"
    problems = list(_differing(name, differing))
    if copies:
        files = "1 file repeats another" if copies == 1 else f"{copies} files repeat others"
        problems.append(Problem(name, f"{files}, SOP Instance UID and content alike; each image is shown once."))
    return [*unique.values(), *(_twin(other) for _, other in differing)], problems


def _twin(instance: Instance) -> Instance:
    frames = tuple(replace(frame, doubts=(*frame.doubts, TWIN)) for frame in instance.frames)
    return replace(instance, frames=frames, is_twin=True)


def _differing(name: str, pairs: list[tuple[Instance, Instance]]) -> Iterator[Problem]:
    """Files of one UID that are not one image: each is named, or the first few of many."""
    advice = "which of the two is right cannot be told. Both are shown; open a file alone to measure on it."
    for shown, other in pairs[:_MOST_NAMED]:
        yield Problem(
            other.locator,
            f"It repeats the SOP Instance UID of {shown.locator}, but not its content; {advice}",
        )
    more = len(pairs) - _MOST_NAMED
    if more > 0:
        yield Problem(name, f"{more} more files repeat the SOP Instance UID of another but not its content; {advice}")


def _instance_order(instance: Instance) -> tuple[bool, int, str]:
    number = instance.instance_number
    return number is None, number or 0, instance.sop_instance_uid
