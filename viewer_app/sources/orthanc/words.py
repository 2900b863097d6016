"""What a person is told about a study that may not be all of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from viewer_app.imaging.headers import Problem
from viewer_app.sources.base import Notice, NoticeKind
from viewer_app.sources.orthanc.cache import KeptListing
from viewer_app.sources.orthanc.listed import ListedSeries, series_name
from viewer_app.sources.orthanc.model import SeriesRecord


def server_down(at: str, listed: Sequence[ListedSeries]) -> Notice:
    """The server does not answer; `at` is when it last listed the study, ISO 8601."""
    total, here = sum(len(one.files) for one in listed), sum(len(one.here) for one in listed)
    text = f"The server does not answer; this is what was loaded on {_local(at)}. {here} of {total} images are here."
    return Notice(NoticeKind.SERVER_DOWN, text, _local(at))


def arriving(series: Iterable[SeriesRecord]) -> tuple[Notice, ...]:
    """The server has received an image of these series a moment ago."""
    names = [series_name(one) for one in series if not one.is_stable]
    if not names:
        return ()
    return (Notice(NoticeKind.ARRIVING, f"Images are still arriving on the server: {', '.join(names)}."),)


def gone_since(kept: KeptListing | None, listed: Sequence[ListedSeries]) -> Iterator[Problem]:
    """What the server had when it was last asked, and has no more (H76)."""
    if kept is None:
        return
    now = {key for one in listed for key in one.series.instance_ids}
    for series in kept.series:
        if gone := len(set(series.instance_ids) - now):
            yield Problem(
                series_name(series),
                f"{gone} of its images, which were on the server on {_local(kept.at)}, are not there any more.",
            )


def _local(at: str) -> str:
    try:
        return f"{datetime.fromisoformat(at).astimezone():%Y-%m-%d %H:%M}"
    except (ValueError, OverflowError, OSError):
        return "an unknown day"
