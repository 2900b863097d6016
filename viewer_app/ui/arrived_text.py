"""How much of what is asked for has arrived, how fast the rest comes, and what is missing, in words. No Qt."""

from __future__ import annotations

from viewer_app.imaging.volume import Volume
from viewer_app.measure.present import THIN_SPACE
from viewer_app.progress import Step
from viewer_app.session.speed import Amount
from viewer_app.session.study import OpenStudy

_MEGABYTE = 1_000_000


def loading_text(opened: OpenStudy, step: Step) -> str:
    """ "CT chest: 120 of 320 images"."""
    stack = opened.stack
    name = (stack.title or stack.info.modality) if stack is not None else ""
    count = opened.loads.count
    name = f"{count} series" if count > 1 else name
    return f"{name}: {step.done} of {step.total} images"


def amount_text(amount: Amount, rate: float | None) -> str:
    """ "63 of 168 MB · 12.3 MB/s"; `rate` in bytes a second, None where it is not known yet."""
    said = f"{_megabytes(amount.done)} of {_megabytes(amount.total)}{THIN_SPACE}MB"
    return said if rate is None else f"{said} · {_megabytes(rate)}{THIN_SPACE}MB/s"


def waiting_text(opened: OpenStudy) -> str:
    """ "The server does not answer; trying again in 8 s"; "" where it does."""
    if not opened.loads.waiting:
        return ""
    left = opened.loads.next_try_s
    when = "now …" if left is None else f"in {left}{THIN_SPACE}s"
    return f"The server does not answer; trying again {when}"


def missing_text(opened: OpenStudy) -> str:
    """ "212 of 300 images loaded; 3 could not be read: The file is damaged."; "" where all are there."""
    volume = opened.volume
    if volume is None or volume.is_complete:
        return ""
    told = f"{volume.present} of {len(volume.stack.images)} images loaded"
    if not volume.failed:
        return told
    reasons = list(volume.failed.values())
    others = len(reasons) - reasons.count(reasons[0])
    more = f" ({others} for other reasons)" if others else ""
    return f"{told}; {len(reasons)} could not be read{more}: {reasons[0]}"


def lacking_text(volume: Volume | None) -> str:
    """ "3 of 20 images are missing, 2 could not be read."; "" where none is, or none has been asked for."""
    if volume is None or volume.is_complete or not (volume.present or volume.failed):
        return ""
    total, failed = len(volume.stack.images), len(volume.failed)
    missing = total - volume.present
    told = f"{missing} of {total} images {'is' if missing == 1 else 'are'} missing"
    return f"{told}, {failed} could not be read." if failed else f"{told}."


def _megabytes(count: float) -> str:
    return f"{count / _MEGABYTE:.1f}" if count < 10 * _MEGABYTE else f"{count / _MEGABYTE:.0f}"
