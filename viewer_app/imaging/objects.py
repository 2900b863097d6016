"""What kind of object an instance is, in words (PS3.4 annex B.5)."""

from __future__ import annotations

from functools import lru_cache

from pydicom.config import IGNORE
from pydicom.uid import UID

from viewer_app.imaging.headers import Instance

# Classes with pixels to look at whose names do not say "Image Storage".
_IMAGES_BY_OTHER_NAMES = frozenset(
    {
        "Parametric Map Storage",
        "Enhanced US Volume Storage",
        "Ophthalmic Thickness Map Storage",
        "Corneal Topography Map Storage",
        "Ophthalmic Optical Coherence Tomography B-scan Volume Analysis Storage",
        "DICOS 2D AIT Storage",
        "DICOS 3D AIT Storage",
    }
)

# Younger than pydicom's dictionary.
_YOUNG_NAMES = {"1.2.840.10008.5.1.4.1.1.66.7": "Label Map Segmentation Storage"}

_SHORT_NAMES = {
    "Grayscale Softcopy Presentation State Storage": "Presentation state",
    "Color Softcopy Presentation State Storage": "Presentation state",
    "Key Object Selection Document Storage": "Key object selection",
    "X-Ray Radiation Dose SR Storage": "Radiation dose report",
    "Encapsulated PDF Storage": "PDF document",
}


def object_name(instance: Instance) -> str:
    """What the SOP class is called: "CT Image", "Segmentation", "PDF document", ..."""
    name = _class_name(instance.sop_class_uid)
    if not name:
        return "Image" if instance.pixel_format else "Object of an unknown kind"
    return _SHORT_NAMES.get(name) or name.removesuffix(" Storage")


def is_image(instance: Instance) -> bool:
    """True for what a stack can show: pixels, and a SOP class that means an image (or none we know).

    Segmentations and dose grids have pixels too, but are drawn on the images they belong to.
    """
    if instance.pixel_format is None or not instance.frames:
        return False
    name = _class_name(instance.sop_class_uid)
    return not name or "Image Storage" in name or name in _IMAGES_BY_OTHER_NAMES


@lru_cache(maxsize=256)
def _class_name(uid: str) -> str:
    """The standard's name of a SOP class; "" for one it does not have."""
    if uid in _YOUNG_NAMES:
        return _YOUNG_NAMES[uid]
    name = UID(uid, validation_mode=IGNORE).name
    return "" if name == uid else name
