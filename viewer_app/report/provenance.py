"""The table "Provenance": what a reviewer must know to trust, or doubt, the numbers."""

from __future__ import annotations

from viewer_app.imaging.geometry import Calibration
from viewer_app.report.content import Report
from viewer_app.report.tables import Cell, Column, Table
from viewer_app.report.text import NOT_AVAILABLE, dicom_date, in_utc

MEANINGS = {
    Calibration.IMAGE_PLANE: "The pixel spacing describes the imaged plane itself: a length is one in the patient.",
    Calibration.LOCALIZER: "A CT localizer, which is a projection: a length holds at the scanner's axis only, "
    "elsewhere it is magnified or reduced, across the table only.",
    Calibration.PROJECTION: "A projection image whose file states a calibration: a length holds at the depth that "
    "was calibrated, and is magnified or reduced elsewhere.",
    Calibration.CENTER_OF_BEAM: "An angiography whose system estimates the spacing at the object: a length holds "
    "there, close to the centre of the beam.",
    Calibration.UNSTATED: "A projection image whose file does not say whether its spacing is calibrated: a length "
    "may be one on the detector, larger than in the patient.",
    Calibration.DETECTOR: "A projection image known only by its detector's spacing: a length is one on the detector, "
    "larger than in the patient by an unknown magnification.",
    Calibration.FILM: "A scanned film: a length is one on the film, on which the patient was magnified.",
    Calibration.REGION: "The scale of the one scan region of an ultrasound image that holds all points.",
    Calibration.USER: "A user drew a line along something of known length: a length holds at its depth. The day and "
    "the user stand beside each number.",
    Calibration.NONE: "The file proves no scale: lengths are in pixels (px), areas in square pixels, never in mm.",
}
_STATEMENTS: tuple[tuple[str, Cell], ...] = (
    ("Numbers", "Stored to the last bit (float64) and written unrounded. The sheet shows one decimal for mm, px and "
     "deg, none for HU and counts, two for other pixel values; the spreadsheet rounds, "
     "so a tie may show one more in the last digit than Caliper's screen, which rounds ties to even."),
    (NOT_AVAILABLE.capitalize(), "There is no number to tell; the column Note says why. An empty cell means that "
     "the column does not apply."),
    ("Uncertainty", "How far a value may be off, in its unit: by half a pixel in every coordinate of every point, "
     "and by the calibration. It does not cover edges, motion, the hand and the scanner. Unknown: the magnification "
     "or the sampling is not known."),
    ("Coordinates", "Patient mm: DICOM patient coordinates, x to the left, y to the back, z to the head of the "
     "patient. Slices, frames and points count from 1."),
    ("Dates and times", "Times are UTC, in a sheet to the millisecond. Dates before March 1900 "
     "are text, for Excel has none."),
    ("Text", "Control characters are shown as symbols; text too long for a cell ends with a mark. The JSON report "
     "keeps all text as it was entered."),
)  # fmt: skip
HIDDEN = (
    "Left out: this report was written while patients were hidden. Texts that hold a part of the name or a number of "
    "the patient are left out too. The UIDs lead whoever holds the images to the patient."
)
_NOT_CERTIFIED = (
    "Caliper is not a certified medical device. Numbers in this report must be confirmed by a qualified person "
    "before they are used in the care of a patient."
)


def provenance_table(report: Report) -> Table:
    """Pairs of item and value: software, rules, identity, source, how to read the numbers."""
    calibrations = ((f"Unit from: {calibration.value}", MEANINGS[calibration]) for calibration in Calibration)
    rows = (*_software(report), *_identity(report), *_STATEMENTS, *calibrations, ("Use", _NOT_CERTIFIED))
    return Table("Provenance", (Column("Item", 30), Column("Value", 100)), rows)


def _software(report: Report) -> tuple[tuple[Cell, ...], ...]:
    return (
        ("Software", "Caliper"),
        ("Software version", report.software_version),
        ("Rules version", report.rule_version),
        ("Rules documented in", "docs/measuring.md"),
        ("Written (UTC)", in_utc(report.written_at)),
        ("Written by", report.author),
        ("Source", report.source),
        ("Measurements", len(report.records)),
    )


def _identity(report: Report) -> tuple[tuple[Cell, ...], ...]:
    patient, study = report.study.patient, report.study.info
    if report.patient_hidden:
        return (
            ("Patient", HIDDEN),
            ("Study Instance UID", study.study_uid),
            ("Study date", dicom_date(study.date)),
            ("Study time", study.time),
            ("Study description", study.description),
        )
    return (
        ("Patient ID", patient.patient_id),
        ("Patient's name", patient.name),
        ("Patient's birth date", dicom_date(patient.birth_date)),
        ("Patient's sex", patient.sex),
        ("Study Instance UID", study.study_uid),
        ("Study ID", study.study_id),
        ("Study date", dicom_date(study.date)),
        ("Study time", study.time),
        ("Study description", study.description),
        ("Accession number", study.accession_number),
        ("Institution", study.institution),
    )
