"""The words and numbers a patient is known by, and free text that holds one of them.

People write what they like into descriptions and labels, and name folders after patients: while patients are
hidden, such text is left out, and sentences of Caliper that cite it have it masked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from viewer_app.imaging.headers import Patient, StudyInfo
from viewer_app.imaging.study import Study

MASK = "…"
_NAME_PARTS = re.compile(r"[\s^=,]+")
# Shorter parts, as initials, stand in every second word.
_SHORTEST = 3


@dataclass(frozen=True, slots=True)
class Telltales:
    """Parts of names, and numbers of patient and study, each at least three characters long."""

    parts: frozenset[str] = frozenset()

    def tell_in(self, words: str) -> bool:
        """Whether one of them stands in `words`, in whatever case."""
        said = words.casefold()
        return any(part in said for part in self.parts)

    def masked(self, words: str) -> str:
        """`words` with an ellipsis in the place of each."""
        if not self.tell_in(words):
            return words
        longest_first = sorted(self.parts, key=lambda part: (-len(part), part))
        return re.sub("|".join(map(re.escape, longest_first)), MASK, words, flags=re.IGNORECASE)

    def with_words(self, words: str) -> Telltales:
        """These, and `words` as a whole."""
        return _of((*self.parts, words))


@lru_cache(maxsize=64)
def telltales(patient: Patient, study: StudyInfo) -> Telltales:
    """What tells who one patient is."""
    return _of((*_NAME_PARTS.split(patient.name), patient.patient_id, study.accession_number, study.study_id))


def telltales_of(studies: Iterable[Study]) -> Telltales:
    """What tells who any patient of the studies is."""
    return Telltales(frozenset[str]().union(*(telltales(study.patient, study.info).parts for study in studies)))


def _of(words: Iterable[str]) -> Telltales:
    parts = (word.strip().casefold() for word in words)
    return Telltales(frozenset(part for part in parts if len(part) >= _SHORTEST))
