"""The table as values: order, groups, words that are found, totals, and what is copied."""

from __future__ import annotations

import html.parser
import random
from dataclasses import replace
from fractions import Fraction

import pytest

from tests.ui.table_rows import row, value
from viewer_app.measure.quantity import Dimension
from viewer_app.ui.panels.table.arranging import GROUPINGS, Arrangement, arranged, matching
from viewer_app.ui.panels.table.columns import BY_KEY, COLUMNS
from viewer_app.ui.panels.table.copying import as_html, as_text
from viewer_app.ui.panels.table.details_view import lines_of
from viewer_app.ui.panels.table.rows import TableRow, measurement_row
from viewer_app.ui.panels.table.totals import totals, totals_words

HU, AREA = Dimension.PIXEL_VALUE, Dimension.AREA
ROWS = (
    row(0, value(9.5), label="Target 10", image=4),
    row(1, value(10.25), label="Target 2", image=11),
    row(2, value(100.0, "px"), label="Target 2"),
    row(3, value(-20.0, "HU", HU, "value"), label="Liver", kind="probe", series=2),
    row(4, kind="arrow"),
    row(5, value(None), label="Liver"),
)


def uids(rows: tuple[TableRow, ...]) -> list[str]:
    return [found.uid for found in rows]


def listed(**how: object) -> list[str]:
    (group,) = arranged(ROWS, Arrangement(**how))  # type: ignore[arg-type]  # fields by name
    return uids(group.rows)


def test_numbers_are_ordered_as_numbers_and_units_kept_apart() -> None:
    assert listed(column="value") == ["u0", "u1", "u2", "u3", "u4", "u5"]
    assert listed(column="value", descending=True) == ["u3", "u2", "u1", "u0", "u4", "u5"]


@pytest.mark.parametrize("column", [column.key for column in COLUMNS])
@pytest.mark.parametrize("descending", [False, True])
def test_any_column_orders_all_rows(column: str, descending: bool) -> None:
    assert sorted(listed(column=column, descending=descending)) == sorted(uids(ROWS))


def test_labels_are_ordered_by_their_numbers() -> None:
    labels = [found.label for found in arranged(ROWS, Arrangement(column="label"))[0].rows]
    assert labels == ["Liver", "Liver", "Target 2", "Target 2", "Target 10", ""]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("TARGET 2", ["u1", "u2"]),
        ("probe", ["u3"]),
        ("10.2", ["u1"]),
        ("liver series 2", ["u3"]),
        ("image 12", ["u1"]),
        ("2026-01-12", uids(ROWS)),
        ("12", ["u1"]),
        ("nothing at all", []),
        ("  ", uids(ROWS)),
    ],
)
def test_words_are_found_in_any_column(words: str, found: list[str]) -> None:
    assert listed(words=words) == found


def test_groups_hold_every_row_once_those_without_a_label_last() -> None:
    groups = arranged(ROWS, Arrangement(by="label"))
    assert [group.title for group in groups] == ["Liver", "Target 2", "Target 10", "No label"]
    for by in GROUPINGS:
        assert sorted(uid for group in arranged(ROWS, Arrangement(by=by)) for uid in uids(group.rows)) == uids(ROWS)


def test_totals_put_all_regions_of_ultrasound_together() -> None:
    origins = ("ultrasound region 1 of frame 1", "ultrasound region 2 of frame 7", "at detector", "at detector")
    rows = [row(place, replace(value(1.0), provenance=origin)) for place, origin in enumerate(origins)]
    assert [(total.alike.provenance, total.count) for total in totals(rows)] == [
        ("ultrasound region", 2),
        ("at detector", 2),
    ]


@pytest.mark.parametrize(
    ("unit", "origin", "told"),
    [
        ("mm²", "image plane", "mean 40"),
        ("px²", "not calibrated", "mean 40"),
        ("mm²", "at detector", "mean 40 · at detector"),
        ("mm²", "ultrasound region 2 of frame 7", "mean 40 · ultrasound region 2 of frame 7"),
        ("mm²", "user calibration, 2026-11-23 by reader", "mean 40 · user calibration"),
    ],
)
def test_a_row_of_an_area_says_whose_scale_it_is_where_that_is_not_plain(unit: str, origin: str, told: str) -> None:
    area = replace(value(3.0, unit, AREA, "area"), provenance=origin)
    shown = measurement_row(row(0, area, value(40.0, "HU", HU, "mean")).record, differs=False)
    assert shown.detail == told


def test_totals_never_cross_units_series_of_pixels_or_studies() -> None:
    rows = (
        row(0, value(1.5)),
        row(1, value(2.25)),
        row(2, value(7.0, "px"), series=1),
        row(3, value(8.0, "px"), series=2),
        row(4, value(40.0, "HU", HU, "value")),
        row(5, value(44.0, "HU", HU, "value")),
        row(6, value(100.0), prior="2025-01-09"),
        row(7, value(5.0, "", HU, "value")),
        row(8, value(1000.0), differs=True),
        row(9, value(None)),
        row(10, value(3.0, "mm²", AREA, "area")),
    )
    found = [(total.alike.unit, total.count, total.sum, total.mean) for total in totals(rows)]
    assert found == [
        ("mm", 2, 3.75, 1.875),
        ("px", 1, 7.0, 7.0),
        ("px", 1, 8.0, 8.0),
        ("HU", 2, None, 42.0),
        ("mm", 1, 100.0, 100.0),
        ("mm²", 1, 3.0, 3.0),
    ]
    assert totals_words(rows).replace("\u2009", " ") == (
        "sum 3.8 mm, mean 1.9 mm of 2 · mean 42 HU of 2 · 1 in doubt left out"
    )


def test_sum_and_mean_are_those_of_exact_arithmetic() -> None:
    chance = random.Random(5)
    numbers = [chance.uniform(1e-3, 1e3) for _ in range(999)]
    (total,) = totals(row(place, value(number)) for place, number in enumerate(numbers))
    exact = sum(map(Fraction, numbers))
    assert total.sum == float(exact)
    assert total.mean == pytest.approx(float(exact / len(numbers)), rel=1e-15)


class Cells(html.parser.HTMLParser):
    """The texts of a table."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.lines: list[list[str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag == "tr":
            self.lines.append([])
        elif tag in ("td", "th"):
            self.lines[-1].append("")

    def handle_data(self, data: str) -> None:
        self.lines[-1][-1] += data


def test_text_and_html_hold_the_same_cells_with_units_of_their_own() -> None:
    statistics = (
        replace(value(12.0, "mm²", AREA, "area"), uncertainty=0.42),
        value(-3.5, "HU", HU, "mean"),
        value(2.0, "HU", HU, "sd"),
    )
    rows = (row(0, *statistics, label="<b>A & B</b>\tx", kind="ellipse"), row(1, label="=1+1", kind="arrow"))
    columns = [BY_KEY[key] for key in ("label", "value", "statistics", "image")]
    lines = [line.split("\t") for line in as_text(rows, columns).splitlines()]
    assert lines == [
        ["Label", "Value", "Uncertainty", "Unit", "Mean", "SD", "Unit of mean and SD", "Image"],
        ["<b>A & B</b> x", "12.0", "0.4", "mm²", "-4", "2", "HU", "image 1"],
        ["'=1+1", "", "", "", "", "", "", "image 1"],
    ]
    assert Cells(as_html(rows, columns)).lines == lines


def test_mean_and_sd_are_told_with_one_unit() -> None:
    found = row(0, value(12.0, "mm²", AREA, "area"), value(41.0, "HU", HU, "mean"), value(12.0, "HU", HU, "sd"))
    assert BY_KEY["statistics"].text(found) == "41 ± 12\u2009HU"


def test_further_statistics_have_columns_that_are_copied_but_not_sought() -> None:
    keys = ("minimum", "maximum", "median", "percentile_5", "percentile_25", "percentile_75", "percentile_95")
    numbers = [float(10 * number) for number in range(1, 8)]
    found = row(
        0,
        value(12.0, "ml", Dimension.VOLUME, "volume"),
        *(value(n, "HU", HU, k) for n, k in zip(numbers, keys, strict=True)),
    )
    assert [BY_KEY[key].text(found) for key in keys] == [f"{n:.0f}\u2009HU" for n in numbers]
    assert not any(BY_KEY[key].at_first for key in keys)
    titles, cells = (line.split("\t") for line in as_text([found], [BY_KEY[key] for key in keys]).splitlines())
    assert (titles[:4], cells[:4]) == (
        ["Minimum", "Unit of minimum", "Maximum", "Unit of maximum"],
        ["10", "HU", "20", "HU"],
    )
    assert [BY_KEY["median"].text(row(0, value(1.0))), BY_KEY["median"].order(row(0, value(1.0)))] == ["", None]
    assert matching([found], "70") == []


def test_the_kind_of_a_mark_without_a_label_is_said_once() -> None:
    unnamed, named = row(0, value(9.5)), row(1, value(9.5), label="Target 1")
    assert [BY_KEY[key].text(unnamed) for key in ("label", "kind")] == ["", "Distance"]
    assert (unnamed.painted.label, unnamed.painted.place) == ("Distance", "image 1 · Series 1")
    assert (named.painted.label, named.painted.place) == ("Target 1", "Distance · image 1 · Series 1")


def test_how_far_a_volume_may_be_off_is_told_once() -> None:
    main = replace(value(1234.5, "ml", Dimension.VOLUME, "volume"), uncertainty=211.2)
    bound = replace(value(211.2, "ml", Dimension.VOLUME, "bound"), provenance="half of each voxel at the surface")
    lines = {title: words for title, words, _ in lines_of(row(1, main, bound, kind="volume"))}
    told = " ".join(lines.values())
    assert (lines["Volume"].count("211"), told.count("211")) == (1, 1)
    assert lines["\u00b1 from"] == bound.provenance
    apart = {title for title, _, _ in lines_of(row(1, replace(main, uncertainty=None), bound, kind="volume"))}
    assert "Bound" in apart
