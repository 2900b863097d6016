"""A scale that a person gave to an image which proves none."""

from __future__ import annotations

from dataclasses import dataclass

from viewer_app.imaging.geometry import Plane


@dataclass(frozen=True, slots=True)
class UserScale:
    """What lengths on an image are evaluated by: its pixels on a `plane` in mm, of `Calibration.USER`.

    `relative_uncertainty` is that of every length, `words` say who gave the scale and when.
    """

    plane: Plane
    relative_uncertainty: float
    words: str
