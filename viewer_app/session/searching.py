"""What is typed into the fields of a search, as a query of a server, and what of the kept studies matches it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from viewer_app.sources.orthanc.model import StudyQuery, StudyRecord

_DICOM_DATE = "%Y%m%d"
_BETWEEN_NAMES = re.compile(r"[\s,]+")


class When(Enum):
    """Dates to choose from: a title, and how many days back the first day lies; None for no such day."""

    ANY = ("Any date", None)
    TODAY = ("Today", 0)
    YESTERDAY = ("Since yesterday", 1)
    WEEK = ("Last 7 days", 6)
    MONTH = ("Last 30 days", 29)
    YEAR = ("Last 365 days", 364)
    BETWEEN = ("From … to …", None)

    def __init__(self, title: str, days_back: int | None) -> None:
        self.title = title
        self.days_back = days_back


@dataclass(frozen=True, slots=True)
class Typed:
    """The fields of a search; `first` and `last` count for `When.BETWEEN` only."""

    name: str = ""
    patient_id: str = ""
    accession: str = ""
    description: str = ""
    modality: str = ""
    when: When = When.ANY
    first: date | None = None
    last: date | None = None

    @property
    def is_empty(self) -> bool:
        """Nothing restricts the search: the most recent studies are meant."""
        return self == Typed()

    def query(self, today: date | None = None) -> StudyQuery:
        """What a server is asked; `today` is that of this computer.

        Parts of a name may stand apart or be joined by a comma, an accession number may be unfinished.
        """
        first, last = self._days(today or date.today())
        accession = self.accession.strip()
        return StudyQuery(
            patient_name=_BETWEEN_NAMES.sub("*", self.name.strip()),
            patient_id=self.patient_id.strip(),
            accession_number=accession if not accession or accession.endswith("*") else f"{accession}*",
            description=self.description.strip(),
            modality=self.modality.strip().upper(),
            date_from=first.strftime(_DICOM_DATE) if first else "",
            date_to=last.strftime(_DICOM_DATE) if last else "",
        )

    def _days(self, today: date) -> tuple[date | None, date | None]:
        if self.when is When.BETWEEN:
            turned = self.first is not None and self.last is not None and self.first > self.last
            return (self.last, self.first) if turned else (self.first, self.last)
        if self.when.days_back is None:
            return None, None
        return today - timedelta(days=self.when.days_back), None


def matches(study: StudyRecord, query: StudyQuery) -> bool:
    """What a server would find by `query`, but among the kept studies."""
    info, patient = study.info, study.patient
    texts = (
        (f"*{query.patient_name}*", patient.name),
        (f"*{query.patient_id}*", patient.patient_id),
        (f"*{query.description}*", info.description),
        (query.accession_number or "*", info.accession_number),
    )
    return (
        all(_pattern(wanted).fullmatch(text) for wanted, text in texts)
        and (not query.modality or query.modality in study.modalities)
        and (not query.date_from or info.date >= query.date_from)
        and (not query.date_to or "" < info.date <= query.date_to)
    )


def _pattern(wanted: str) -> re.Pattern[str]:
    """`*` stands for any letters, `?` for one; whatever the case."""
    letters = ({"*": ".*", "?": "."}.get(letter, re.escape(letter)) for letter in wanted)
    return re.compile("".join(letters), re.IGNORECASE | re.DOTALL)
