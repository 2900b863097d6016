"""A picture lies where the camera says, to the pixel, in viewports of any size and on screens of any scale."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QImage

from viewer_app.imaging.geometry import Plane
from viewer_app.ui.views.camera import Camera
from viewer_app.ui.views.picture import covered, image_grid

PLANE = Plane.unlocated(0.7, 0.5, "mm", Plane.in_pixels().calibration)


@pytest.mark.parametrize("ratio", [0.5, 0.625, 1.0, 1.25, 1.5, 2.0])
@pytest.mark.parametrize("size", [(701.0, 433.0), (640.0, 480.0), (355.0, 287.0)])
def test_each_pixel_is_drawn_over_the_point_it_shows(ratio: float, size: tuple[float, float]) -> None:
    camera = Camera(3.3, (40.0, 25.0), size)
    grid, _ = image_grid(PLANE, camera, ratio)
    rows, columns = grid.shape
    place = covered(QImage(columns, rows, QImage.Format.Format_Grayscale8), ratio)
    for row, column in ((0, 0), (rows - 1, columns - 1), (rows // 3, columns // 2)):
        shown = np.asarray(grid.origin) + column * np.asarray(grid.across) + row * np.asarray(grid.down)
        (said,) = camera.to_screen(shown * (PLANE.column_spacing, PLANE.row_spacing))
        drawn = (column + 0.5) * place.width() / columns, (row + 0.5) * place.height() / rows
        np.testing.assert_allclose(drawn, said, atol=1e-9)
