"""A source that is given up after it was read, and before it was taken, is closed."""

from __future__ import annotations

from pathlib import Path

from tests.made import image
from tests.sources.places import HeldFolder
from viewer_app.phantom.dicom import write_series
from viewer_app.progress import Watch
from viewer_app.session.contents import find


def test_a_source_given_up_before_it_is_taken_is_closed(tmp_path: Path) -> None:
    write_series(tmp_path, [image()])
    source, watch = HeldFolder(tmp_path), Watch()
    assert find(lambda _: source, watch)[0] is source
    assert source.closed == 0
    watch.cancel()
    assert source.closed == 1
