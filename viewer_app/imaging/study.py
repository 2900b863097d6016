"""Instances to studies and series: grouping by identity, never by file name or folder."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from viewer_app.imaging.headers import Instance, Patient, Problem, SeriesInfo, StudyInfo


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


def assemble(instances: Iterable[Instance]) -> tuple[Study, ...]:
    """Group instances into studies, newest first.

    A study is one Study Instance UID of one patient (ID and name): the same UID
    under two patients makes two studies, each with a problem that says so (H51).
    A SOP Instance UID that comes twice is shown once, and told (H46).
    """
    groups: dict[tuple[str, str, str], dict[str, list[Instance]]] = {}
    for instance in instances:
        key = (instance.study.study_uid, instance.patient.patient_id, instance.patient.name)
        groups.setdefault(key, {}).setdefault(instance.series.series_uid, []).append(instance)
    uids = [uid for uid, _, _ in groups]
    studies = [_study(series, shared=uids.count(uid) > 1) for (uid, _, _), series in groups.items()]
    return tuple(sorted(studies, key=lambda study: (study.info.date, study.info.time), reverse=True))


def _study(groups: dict[str, list[Instance]], *, shared: bool) -> Study:
    problems: list[Problem] = []
    if shared:
        problems.append(Problem("Study", "The same Study Instance UID is used for two patients; they are kept apart."))
    series = []
    for members in groups.values():
        unique, repeated = _without_repeats(members)
        if repeated:
            name = members[0].series.description or members[0].series.modality or "Series"
            files = "1 file repeats" if repeated == 1 else f"{repeated} files repeat"
            problems.append(Problem(name, f"{files} a SOP Instance UID; the first of each is shown."))
        series.append(Series(members[0].series, tuple(sorted(unique, key=_instance_order))))
    series.sort(key=lambda item: (item.info.number is None, item.info.number or 0, item.info.series_uid))
    first = series[0].instances[0]
    return Study(first.patient, first.study, tuple(series), tuple(problems))


def _without_repeats(instances: list[Instance]) -> tuple[list[Instance], int]:
    unique: dict[str, Instance] = {}
    for instance in instances:
        unique.setdefault(instance.sop_instance_uid, instance)
    return list(unique.values()), len(instances) - len(unique)


def _instance_order(instance: Instance) -> tuple[bool, int, str]:
    number = instance.instance_number
    return number is None, number or 0, instance.sop_instance_uid
