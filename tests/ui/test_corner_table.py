"""The table of corner text: every group is readable, and what is not understood is told at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from viewer_app.errors import BadTable
from viewer_app.ui.views.corner_fields import FIELDS
from viewer_app.ui.views.corner_table import CORNERS, Density, load, own_table

KNOWN = frozenset(FIELDS)
OWN = own_table(KNOWN)

BAD: list[tuple[Any, str]] = [
    ([], "the table is not a JSON object"),
    ({"group": {}}, "'group' is not known in the table"),
    ({"groups": []}, "the groups is not a JSON object"),
    ({"priority": ["nme"]}, "there is no field 'nme' \\(priority\\); the fields are accession, acquired"),
    ({"groups": {"CT": {"ful": {}}}}, "'ful' is not known in CT, only modalities, full, minimal"),
    ({"groups": {"CT": {"none": {}}}}, "'none' is not known in CT"),
    ({"groups": {"CT": {"full": {"left": []}}}}, "'left' is not known in CT, full, only top_left"),
    ({"groups": {"CT": {"full": {"top_left": "name"}}}}, "CT, full, top_left is not a list of lines"),
    ({"groups": {"CT": {"full": {"top_left": ["name"]}}}}, "CT, full, top_left is not a list of names"),
    ({"groups": {"CT": {"full": {"top_left": [["kvpp"]]}}}}, "there is no field 'kvpp' \\(CT, full, top_left\\)"),
    ({"groups": {"CT": {"modalities": ["CT"]}, "X": {"modalities": ["CT"]}}}, "CT stands in two groups"),
]


@pytest.mark.parametrize(("table", "told"), BAD, ids=str)
def test_what_is_not_understood_is_told(table: Any, told: str) -> None:
    with pytest.raises(BadTable, match=told) as caught:
        load(table, KNOWN)
    assert caught.value.advice


def test_a_corner_that_a_group_does_not_name_is_the_default_one() -> None:
    table = {
        "groups": {
            "default": {"full": {"top_left": [["name"]], "top_right": [["series"]]}},
            "CT": {"modalities": ["CT"], "full": {"top_right": []}},
        }
    }
    found = load(table, KNOWN)
    assert found.layout("CT", Density.FULL) == {**dict.fromkeys(CORNERS, ()), "top_left": (("name",),)}
    assert found.layout("MR", Density.FULL)["top_right"] == (("series",),)


@pytest.mark.parametrize("modality", ["", "CT", "MR", "PT", "NM", "US", "XA", "RF", "MG", "CR", "DX", "OT"])
def test_bir_29_three_densities(modality: str) -> None:
    """Full has all of BIR 26, minimal what tells images apart; none has nothing."""
    full, little, none = (fields(modality, density) for density in Density)
    demanded = "name birth_date patient_id sex age institution study_description study_id accession acquired series"
    assert {*demanded.split(), "laterality", "contrast", "series_description", "thickness", "location"} <= full
    assert {"name", "series", "image_number", "window"} <= little < full
    assert none == set()


def fields(modality: str, density: Density) -> set[str]:
    return {name for lines in OWN.layout(modality, density).values() for line in lines for name in line}


def test_every_field_stands_somewhere_and_none_twice() -> None:
    groups = ["", *OWN.by_modality]
    assert set().union(*(fields(modality, Density.FULL) for modality in groups)) == KNOWN
    for modality in groups:
        for density in Density:
            listed = [name for lines in OWN.layout(modality, density).values() for line in lines for name in line]
            assert len(listed) == len(set(listed)), (modality, density)


def test_the_page_names_every_field() -> None:
    page = Path(__file__).resolve().parents[2] / "docs" / "corner-text.md"
    rows = [line.split("`")[1] for line in page.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    assert rows == list(FIELDS)
