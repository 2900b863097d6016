"""What the rows say: closed-form summaries, places, coordinates, titles."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.report.samples import AT_DETECTOR, hounsfield, labelled, length, record, report
from viewer_app.imaging.cuts import SlabMode
from viewer_app.imaging.geometry import Calibration, Plane
from viewer_app.measure.measurement import Reconstruction, Record
from viewer_app.measure.quantity import Dimension, Value
from viewer_app.report.measurements import POINT_COLUMNS, measurements_table
from viewer_app.report.provenance import provenance_table
from viewer_app.report.summary import summary_table
from viewer_app.report.tables import Cell, Number, Table


def plain(cell: Cell) -> Any:
    return cell.value if isinstance(cell, Number) else cell


def by_title(table: Table) -> list[dict[str, Any]]:
    titles = [column.title for column in table.columns]
    return [dict(zip(titles, map(plain, row), strict=True)) for row in table.rows]


def test_summary_of_one_to_a_hundred() -> None:
    """Sum n(n+1)/2: the mean of 1 ... 100 is 50.5."""
    (row,) = by_title(summary_table(report(*(record("distance", length(float(n))) for n in range(1, 101)))))
    assert (row["Kind"], row["Measures"], row["Unit"]) == ("Distance", "Length", "mm")
    assert (row["Count"], row["Minimum"], row["Maximum"], row["Mean"]) == (100, 1.0, 100.0, 50.5)


def test_the_mean_is_the_nearest_double() -> None:
    (row,) = by_title(summary_table(report(*(record("distance", length(0.1)) for _ in range(10)))))
    assert row["Mean"] == 0.1
    (row,) = by_title(summary_table(report(*(record("distance", length(1e308)) for _ in range(9)))))
    assert row["Mean"] == 1e308


def test_units_and_scales_never_mix() -> None:
    rows = by_title(
        summary_table(
            report(
                record("distance", length(10.0)),
                record("distance", length(30.0, "px", provenance="not calibrated"), plane=Plane.in_pixels()),
                record("distance", length(20.0, provenance="at detector"), plane=AT_DETECTOR),
                record("probe", hounsfield("value", "Pixel value", -1000.0)),
                record("distance", length(14.0)),
                record("distance", length(6.0, provenance="ultrasound region 1 of frame 1"), plane=Plane.in_pixels()),
                record("distance", length(8.0, provenance="ultrasound region 2 of frame 5"), plane=Plane.in_pixels()),
            )
        )
    )
    assert [(row["Kind"], row["Unit"], row["Scale"], row["Count"], row["Mean"]) for row in rows] == [
        ("Distance", "mm", "image plane", 2, 12.0),
        ("Distance", "px", "not calibrated", 1, 30.0),
        ("Distance", "mm", "at detector", 1, 20.0),
        ("HU probe", "HU", "", 1, -1000.0),
        ("Distance", "mm", "ultrasound region", 2, 7.0),
    ]


def test_what_has_no_number_is_counted_apart() -> None:
    rows = by_title(summary_table(report(record("distance", length(None)), record("distance", length(float("nan"))))))
    assert (rows[0]["Count"], rows[0]["Without a number"], rows[0]["Mean"]) == (0, 2, None)


def test_place_counts_from_one() -> None:
    (row,) = by_title(measurements_table(labelled("Nodule")))
    assert (row["No."], row["Slice"], row["Frame"], row["Series number"]) == (1, 42, 2, 3)
    assert (row["Series"], row["Modality"], row["Unit from"]) == ("Chest 1 mm", "CT", "image plane")
    assert (row["SOP Instance UID"], row["Study Instance UID"], row["Patient ID"]) == ("1.2.3.4.5", "1.2.3", "P-1")


def test_points_are_numbers_and_exact_text() -> None:
    (row,) = by_title(measurements_table(report(record("distance", points=((0.1, 0.2, 0.3), (-4.0, 5.0, 6.5))))))
    assert row["Points"] == "(0.1, 0.2, 0.3); (-4.0, 5.0, 6.5)"
    assert [row[title] for title in ("x1", "y1", "z1", "x2", "y2", "z2")] == [0.1, 0.2, 0.3, -4.0, 5.0, 6.5]
    assert row["Coordinates"] == "patient mm"
    assert row["Value"] is None


def test_a_long_outline_is_whole_in_text() -> None:
    points = tuple((float(n), 0.0, 0.0) for n in range(500))
    (row,) = by_title(measurements_table(report(record("freehand", points=points))))
    assert row["Points"].count(";") == 499
    assert f"x{POINT_COLUMNS}" in row
    assert f"x{POINT_COLUMNS + 1}" not in row


def test_coordinates_without_a_place_say_so() -> None:
    made = report(record("distance", plane=AT_DETECTOR), record("distance", plane=Plane.in_pixels()))
    assert [row["Coordinates"] for row in by_title(measurements_table(made))] == [
        "image mm, no place in the patient",
        "pixels",
    ]


def test_a_reconstructed_plane_has_no_image() -> None:
    one = record("distance", length(1.0))
    slab = Reconstruction("1.2.3.4", 0, 10.0, SlabMode.MAXIMUM)
    figure = replace(one.measurement.figures[0], reference=None, reconstruction=slab)
    drawn = replace(one.measurement, figures=(figure,))
    made: Record = replace(one, measurement=drawn, place=replace(one.place, slice_index=-1))
    row, acquired = by_title(measurements_table(report(made, one)))
    assert (row["Slice"], row["Frame"], row["Series Instance UID"], row["SOP Instance UID"]) == (
        None,
        None,
        "1.2.3.4",
        None,
    )
    assert row["Plane"] == "reconstructed, projected, MIP 10 mm"
    assert acquired["Plane"] == "as acquired"


def test_no_two_columns_share_a_title() -> None:
    clash = Value("slice", "Slice", Dimension.COUNT, 5.0, "")
    (row,) = by_title(measurements_table(report(record("roi", length(1.0), clash))))
    assert (row["Slice"], row["Slice (2)"], row["Slice unit"]) == (5.0, 42, "")


def test_notes_name_their_value() -> None:
    empty = Value("mean", "Mean", Dimension.PIXEL_VALUE, None, "HU", "rescale", "no pixel inside")
    (row,) = by_title(measurements_table(report(record("roi", length(None, "px", "not calibrated"), empty))))
    assert row["Note"] == "not calibrated; Mean: no pixel inside"
    assert row["Further units from"] == "Mean: rescale"


def test_provenance_says_who_what_and_how_far_to_trust_it() -> None:
    rows = {row["Item"]: row["Value"] for row in by_title(provenance_table(labelled("Nodule")))}
    assert (rows["Software version"], rows["Rules version"], rows["Source"]) == ("0.1.0", 1, "Folder CT")
    assert rows["Rules documented in"] == "docs/measuring.md"
    assert "not a certified medical device" in rows["Use"]
    assert all(rows[f"Unit from: {calibration.value}"].endswith(".") for calibration in Calibration)


def test_a_mark_without_numbers_has_empty_cells_and_no_summary() -> None:
    both = report(record("arrow"), record("distance", length(3.0)))
    arrow, distance = by_title(measurements_table(both))
    assert {arrow[title] for title in ("Measures", "Value", "Unit", "Unit from")} == {None}
    assert (arrow["Label"], arrow["Slice"], arrow["Note"]) == ("Nodule", 42, "")
    assert (distance["Value"], distance["Unit"]) == (3.0, "mm")
    assert [row["Kind"] for row in by_title(summary_table(both))] == ["Distance"]
    assert by_title(summary_table(report(record("arrow")))) == []
