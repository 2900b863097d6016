"""Is a stack a volume? The geometry report, in words a radiographer can act on (C11-C13)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from viewer_app.imaging.geometry import Floats, Plane

_STEP_TOLERANCE = 0.01
_STEP_TOLERANCE_MM = 0.01
_TILT_TOLERANCE_DEG = 0.1
# Positions written with so few digits are told, since they look uneven by themselves.
_COARSE_MM = (0.1, 0.01)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a reader should know of a stack.

    `kind` is one word for programs ("gap", "tilt", ...); `what` is found, `meaning`
    says what follows for MPR and volume, `offer` which correction there is. A
    warning limits what may be done; the others explain.
    """

    kind: str
    what: str
    meaning: str = ""
    offer: str = ""
    is_warning: bool = False

    @property
    def text(self) -> str:
        """All sentences."""
        return " ".join(part for part in (self.what, self.meaning, self.offer) if part)


@dataclass(frozen=True, slots=True)
class GeometryReport:
    """What the positions of a stack's slices say.

    `is_volume`: evenly spaced, so that it may be reconstructed; `step_mm` is the
    distance between neighbouring slice planes along the normal (0 when there is
    none); `tilt_deg` the angle between the slice-to-slice vector and the normal.
    """

    is_volume: bool
    step_mm: float = 0.0
    tilt_deg: float = 0.0
    findings: tuple[Finding, ...] = ()

    @property
    def warnings(self) -> tuple[str, ...]:
        """What limits the use of the stack, one sentence each, most important first."""
        return tuple(finding.what for finding in self.findings if finding.is_warning)

    @property
    def notes(self) -> tuple[str, ...]:
        """What explains, one sentence each."""
        return tuple(finding.what for finding in self.findings if not finding.is_warning)

    @property
    def text(self) -> str:
        """The whole report for reading, a line for each finding, warnings first."""
        ordered = sorted(self.findings, key=lambda finding: not finding.is_warning)
        return "\n".join(finding.text for finding in ordered)

    def adding(self, findings: Iterable[Finding]) -> GeometryReport:
        """The report with further findings after its own."""
        return replace(self, findings=(*self.findings, *findings))

    def not_a_volume(self) -> GeometryReport:
        """The report of a stack that holds this one and others: nothing may be reconstructed."""
        return replace(self, is_volume=False)


_STACK_ONLY = "Each image can be read and measured; MPR and volume are not possible."
_NO_VOLUME = "Distances across slices would be wrong: MPR and volume are refused."
_RESAMPLE = "Correction: resampling to even steps, which interpolates and is marked as such; never done silently."
_SHEAR = "Correction: exact, by the sheared grid; no pixel is changed."

_SINGLE = Finding("single", "A single image: no reconstruction.", "It can be read and measured.")
_NO_PLACE = Finding("no place", "Images without a position in the patient: no reconstruction.", _STACK_ONLY)
_TWO = Finding("two", "Two images only.", "A reconstruction shows nothing but the change from one to the other.")


def geometry_report(planes: Sequence[Plane]) -> GeometryReport:
    """Judge slices that are sorted along their normal and share orientation, spacing and size."""
    if len(planes) < 2:
        return GeometryReport(False, findings=(_SINGLE,))
    if not all(plane.located for plane in planes):
        return GeometryReport(False, findings=(_NO_PLACE,))
    origins = np.array([plane.origin for plane in planes])
    steps = np.abs(np.diff(planes[0].height(origins)))
    apart = steps[steps > _STEP_TOLERANCE_MM]
    if not apart.size:
        same = Finding("one place", f"All {len(planes)} images show the same place.", _STACK_ONLY)
        return GeometryReport(False, findings=(same,))
    step = float(np.median(apart))
    tilt = _tilt_deg(origins, planes[0])
    off = _off_mm(steps, origins)
    is_even = off <= min(_STEP_TOLERANCE * float(np.mean(steps)), _STEP_TOLERANCE_MM)
    findings = [] if is_even else _unevenness(steps, step, off, origins)
    if tilt > _TILT_TOLERANCE_DEG:
        findings.append(_tilted(tilt, is_even))
    return GeometryReport(is_even, step, tilt, (*findings, *((_TWO,) if len(planes) == 2 else ())))


def _unevenness(steps: Floats, step: float, off: float, origins: Floats) -> list[Finding]:
    what = f"Uneven slices: up to {off:.3f} mm off their place."
    coarse = next((size for size in _COARSE_MM if _is_rounded_to(origins, size)), 0.0)
    if off <= min(coarse, step / 4):
        why = f"Positions are written to {coarse:g} mm only: the slices may be even, but the file does not prove it."
        return [Finding("rounded positions", what, f"{why} {_NO_VOLUME}", _RESAMPLE, is_warning=True)]
    found = [*_repeats(steps), *_gaps(steps, step)]
    return found or [Finding("uneven", what, _NO_VOLUME, _RESAMPLE, is_warning=True)]


def _is_rounded_to(origins: Floats, size_mm: float) -> bool:
    return bool(np.abs(origins / size_mm - np.rint(origins / size_mm)).max() < 1e-6)


def _tilted(tilt: float, is_even: bool) -> Finding:
    meaning = "The slices lie sheared over each other; lengths in a slice are right."
    offer = _SHEAR if is_even else "The shear is kept; the uneven steps must be resampled first."
    return Finding("tilt", f"Gantry tilt {tilt:.1f}°.", meaning, offer, is_warning=True)


def _off_mm(steps: Floats, origins: Floats) -> float:
    """How far slices are off even steps and off their even place: small steps of one sign add up."""
    vectors = np.diff(origins, axis=0)
    strides = np.linalg.norm(vectors - vectors.mean(axis=0), axis=1)
    places = np.linalg.norm(origins - np.linspace(origins[0], origins[-1], len(origins)), axis=1)
    return max(float(np.max(off)) for off in (strides, places, np.abs(steps - np.mean(steps))))


def _tilt_deg(origins: Floats, plane: Plane) -> float:
    along = origins[-1] - origins[0]
    across = np.linalg.norm(np.cross(along, plane.normal))
    return math.degrees(math.atan2(float(across), abs(float(along @ np.asarray(plane.normal)))))


def _repeats(steps: Floats) -> tuple[Finding, ...]:
    repeated = int(np.count_nonzero(steps <= _STEP_TOLERANCE_MM))
    if not repeated:
        return ()
    what = f"{repeated} {_plural(repeated, 'image repeats', 'images repeat')} a position."
    meaning = f"Nothing in the headers tells which of them belong together. {_NO_VOLUME}"
    return (Finding("repeat", what, meaning, is_warning=True),)


def _gaps(steps: Floats, step: float) -> tuple[Finding, ...]:
    uneven = steps[(steps > _STEP_TOLERANCE_MM) & (np.abs(steps - step) > _STEP_TOLERANCE * step)]
    if not uneven.size:
        return ()
    multiples = np.rint(uneven / step)
    whole = (multiples >= 2) & (np.abs(uneven - multiples * step) <= 2 * _STEP_TOLERANCE * step)
    missing = int(np.sum(multiples - 1))
    if whole.all() and missing <= len(steps):
        what = f"{missing} {_plural(missing, 'slice', 'slices')} missing."
        meaning = f"What lay there is not known; ask for the series again. {_NO_VOLUME}"
        return (Finding("gap", what, meaning, _RESAMPLE, is_warning=True),)
    what = f"Uneven slice distance: {float(np.min(steps)):.2f} to {float(np.max(steps)):.2f} mm."
    return (Finding("uneven", what, _NO_VOLUME, _RESAMPLE, is_warning=True),)


def _plural(count: int, one: str, many: str) -> str:
    return one if count == 1 else many
