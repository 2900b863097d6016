"""When a PET scan began and when the dose was given (C36): dates, midnight, and series that were made later."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

# Half-lives in seconds by code (PS3.16 CID 4020, SRT and SNOMED CT).
_HALF_LIVES = {
    ("C-105A1", "40565003"): 1223.0,  # carbon 11
    ("C-107A1", "21576001"): 597.9,  # nitrogen 13
    ("C-B1038", "129504001"): 122.24,  # oxygen 15
    ("C-111A1", "77004003"): 6586.2,  # fluorine 18
    ("C-127A2", "3932008"): 45720.0,  # copper 64
    ("C-131A3", "35337001"): 4062.6,  # gallium 68
    ("C-159A2", "79197006"): 76.4,  # rubidium 82
    ("C-168A4", "63360001"): 282276.0,  # zirconium 89
    ("C-114A5", "40937006"): 360806.4,  # iodine 124
}
_BY_CODE = {code: seconds for codes, seconds in _HALF_LIVES.items() for code in codes}

# Clocks of one scanner write a second with and without its fraction.
_SAME_TIME = timedelta(seconds=2)
# A dynamic scan may begin shortly before the injection.
_EARLY_SCAN = timedelta(minutes=10)
_LONGEST_SCAN = timedelta(hours=6)
_MOST_HALF_LIVES = 5.0
# Longer-lived nuclides are scanned days after the injection: a time without a date proves nothing.
_SAME_DAY_HALF_LIFE_S = 12 * 3600.0

_DATE = re.compile(r"(\d{4})[.]?(\d{2})[.]?(\d{2})")
_TIME = re.compile(r"(\d{2}):?(\d{2})(?::?(\d{2})([.]\d{1,6})?)?")


class NoScanTime(Exception):
    """Why a dose cannot be decayed to the time of the scan, as a clause."""


@dataclass(frozen=True, slots=True)
class Timing:
    """The clock of a PET image as its header has it: DA, TM and DT as text, "" or None where absent."""

    correction: str
    reference: str
    series: tuple[str, str]
    acquisition: tuple[str, str]
    frame_reference_ms: float | None
    frame_duration_ms: float | None
    ge_scan_start: str
    injection: str
    injection_time: str


def nuclide_half_life(code: str) -> float | None:
    """Half-life in seconds of a nuclide by its code value; None for one not in the table."""
    return _BY_CODE.get(code)


def decay_time(timing: Timing, half_life: float) -> tuple[datetime, datetime]:
    """When the dose was given, and the start of the scan its decay is to be reckoned to; raises NoScanTime.

    For images that are decay corrected to the start of the scan.
    """
    scanned = scan_start(timing, half_life)
    return _injection(timing, scanned, half_life), scanned


def scan_start(timing: Timing, half_life: float) -> datetime:
    """The time to which the images are decay corrected: the start of the series, unless it was made later."""
    if reference := _moment_of(timing.reference):
        return reference
    series = _moment(*timing.series)
    acquired = _moment(timing.acquisition[0] or timing.series[0], timing.acquisition[1])
    if series is None or acquired is None:
        raise NoScanTime("the time of the series or of its acquisition is missing")
    if series <= acquired + _SAME_TIME:
        if acquired - series > _LONGEST_SCAN:
            raise NoScanTime("the series begins hours before its images were acquired")
        return series
    found = _moment_of(timing.ge_scan_start) or _from_frame(timing, acquired, half_life)
    if found is None:
        raise NoScanTime("the series was made after the scan, whose start is not given")
    return found


def _from_frame(timing: Timing, acquired: datetime, half_life: float) -> datetime | None:
    """Back from the frame's own time, at which its count rate is its average, by the offset to the scan's start."""
    reference, duration = timing.frame_reference_ms, timing.frame_duration_ms
    if not reference or not duration or reference < 0 or duration < 0:
        return None
    rate = math.log(2.0) / half_life
    decayed = rate * duration / 1000.0
    average = math.log(decayed / -math.expm1(-decayed)) / rate
    return acquired + timedelta(seconds=average - reference / 1000.0)


def _injection(timing: Timing, scanned: datetime, half_life: float) -> datetime:
    injected = _moment_of(timing.injection)
    if injected is None:
        if timing.injection:
            raise NoScanTime("the time of the injection cannot be read")
        injected = _same_day(timing, scanned, half_life)
    after = (scanned - injected).total_seconds()
    if after < -_EARLY_SCAN.total_seconds():
        raise NoScanTime("the injection is later than the scan")
    if after > _MOST_HALF_LIVES * half_life:
        raise NoScanTime(f"the injection is {after / 3600:.1f} h before the scan, too long for the nuclide")
    return injected


def _same_day(timing: Timing, scanned: datetime, half_life: float) -> datetime:
    """A time without a date: the last one before the scan, over midnight too."""
    injected = _moment(scanned.strftime("%Y%m%d"), timing.injection_time)
    if injected is None:
        raise NoScanTime("the time of the injection is missing")
    if half_life > _SAME_DAY_HALF_LIFE_S:
        raise NoScanTime("the date of the injection is missing")
    return injected - timedelta(days=1) if injected - scanned > _EARLY_SCAN else injected


def _moment_of(written: str) -> datetime | None:
    """A DT value without regard to its offset from UTC: scanners write their own clock everywhere."""
    return _moment(written[:8], re.split(r"[+-]", written[8:])[0])


def _moment(date: str, time: str) -> datetime | None:
    day, clock = _DATE.fullmatch(date), _TIME.match(time)
    if not day or not clock:
        return None
    fraction = float(clock[4] or 0)
    try:
        found = datetime(int(day[1]), int(day[2]), int(day[3]), int(clock[1]), int(clock[2]), int(clock[3] or 0))
    except ValueError:
        return None
    return found + timedelta(seconds=fraction)
