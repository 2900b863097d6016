"""H07 in the window: what only the pixels of a file tell stands on the picture as a badge."""

from __future__ import annotations

from pathlib import Path

from tests.hostile.parts import NAME, PIXEL_DATA, changed, content, dataset
from tests.ui.job.conftest import Start
from viewer_app.ui.views.foreground import foreground_of


def test_a_false_length_is_told_on_the_image(start: Start, tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / NAME).write_bytes(changed(content(dataset()), PIXEL_DATA, length=0x7FFFFFFE))
    driver = start(tmp_path / "images")
    driver.wait_for_image()
    viewport = driver.viewport
    shown = foreground_of(driver.viewport.tile, viewport.camera, viewport.manner.density, None, hidden=False)
    assert shown is not None
    assert [badge.split(" of ")[0] for badge in shown.corners.badges] == ["The file claims 2147483646 bytes"]
