"""Whose images a server hands out: what it lists in a study must be of that study and its one patient (H75, C40)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from viewer_app.imaging.headers import Instance, Problem
from viewer_app.sources.orthanc.address import ORTHANC_ID

_WHY = (
    "{} that the server lists in this study {} another patient or another study. Nothing of it is shown."
    " Tell the server's administrator."
)


@dataclass(frozen=True, slots=True)
class _Owner:
    patient_id: str
    study_uid: str

    @property
    def orthanc_id(self) -> str:
        """What Orthanc calls the study: the SHA-1 of its identity, in five groups."""
        digest = hashlib.sha1(f"{self.patient_id}|{self.study_uid}".encode(), usedforsecurity=False).hexdigest()
        return "-".join(digest[start : start + 8] for start in range(0, 40, 8))


def of_the_study(
    asked: str, study_id: str, instances: Iterable[Instance], problems: list[Problem]
) -> tuple[Instance, ...]:
    """Those of `instances`, listed under the Orthanc ID `study_id`, that belong there; the others go to `problems`.

    With the Study Instance UID that was `asked` for; and where patients or studies are mixed, with the identity
    that the ID is made of.
    """
    everything = tuple(instances)
    owners = {_owner(instance) for instance in everything}
    if len(owners) > 1:
        owners = {owner for owner in owners if owner.orthanc_id == study_id}
    if not ORTHANC_ID.fullmatch(asked):
        owners = {owner for owner in owners if owner.study_uid == asked}
    ours = tuple(instance for instance in everything if _owner(instance) in owners)
    if left := len(everything) - len(ours):
        words = ("1 image", "belongs to") if left == 1 else (f"{left} images", "belong to")
        problems.append(Problem("Study", _WHY.format(*words)))
    return ours


def _owner(instance: Instance) -> _Owner:
    return _Owner(instance.patient.patient_id, instance.study.study_uid)
