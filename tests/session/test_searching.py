"""What is typed becomes a query; the same query finds the same among the kept studies."""

from __future__ import annotations

from datetime import date

import pytest

from viewer_app.imaging.headers import Patient, StudyInfo
from viewer_app.session.searching import Typed, When, matches
from viewer_app.sources.orthanc.model import StudyQuery, StudyRecord

TODAY = date(2026, 3, 2)
KEPT = StudyRecord(
    "id",
    Patient("Z-77", "Müller^Zoë"),
    StudyInfo("2.25.1", date="20260301", description="Thorax, früh", accession_number="A0012"),
    (),
    is_stable=True,
    modalities=("CT", "SR"),
)


def test_nothing_typed_is_the_most_recent() -> None:
    assert Typed().is_empty
    assert Typed().query(TODAY) == StudyQuery()
    assert not Typed(modality="CT").is_empty


@pytest.mark.parametrize(
    ("when", "first"),
    [
        (When.ANY, ""),
        (When.TODAY, "20260302"),
        (When.YESTERDAY, "20260301"),
        (When.WEEK, "20260224"),
        (When.MONTH, "20260201"),
        (When.YEAR, "20250303"),
    ],
)
def test_dates_count_back_from_today(when: When, first: str) -> None:
    query = Typed(when=when).query(TODAY)
    assert (query.date_from, query.date_to) == (first, "")


def test_from_and_to_in_either_order() -> None:
    days = date(2026, 1, 5), date(2025, 12, 24)
    query = Typed(when=When.BETWEEN, first=days[0], last=days[1]).query(TODAY)
    assert (query.date_from, query.date_to) == ("20251224", "20260105")


def test_names_with_blanks_and_unfinished_numbers() -> None:
    query = Typed(name=" Müller, Zoë ", accession="A00", modality="ct").query(TODAY)
    assert (query.patient_name, query.accession_number, query.modality) == ("Müller*Zoë", "A00*", "CT")


@pytest.mark.parametrize(
    ("typed", "fits"),
    [
        (Typed(), True),
        (Typed(name="müller zoë"), True),
        (Typed(name="zoë müller"), False),
        (Typed(name="m?ller"), True),
        (Typed(patient_id="77"), True),
        (Typed(patient_id="[7"), False),
        (Typed(accession="a00"), True),
        (Typed(accession="0012"), False),
        (Typed(accession="*12"), True),
        (Typed(description="FRÜH"), True),
        (Typed(modality="SR"), True),
        (Typed(modality="MR"), False),
        (Typed(when=When.TODAY), False),
        (Typed(when=When.YESTERDAY), True),
        (Typed(when=When.BETWEEN, first=date(2026, 3, 1), last=date(2026, 3, 1)), True),
    ],
)
def test_kept_studies_match_like_those_of_a_server(typed: Typed, fits: bool) -> None:
    assert matches(KEPT, typed.query(TODAY)) is fits
