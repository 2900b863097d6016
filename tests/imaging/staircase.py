"""An image that holds each of 4,096 values once."""

from __future__ import annotations

from typing import Any

import numpy as np

from viewer_app.imaging.geometry import Plane
from viewer_app.phantom.dicom import image_dataset

_PLANE = Plane((0.0, 0.0, 0.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), 1.0, 1.0, frame_of_reference_uid="2.25.1")


def staircase(**values: Any) -> Any:
    """64 x 64 pixels with the stored and modality values 0 to 4095, row by row."""
    stored = np.arange(4096, dtype=np.uint16).reshape(64, 64)
    return image_dataset(stored, _PLANE, **{"RescaleIntercept": "0", "RescaleType": "US", **values})
