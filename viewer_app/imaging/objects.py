"""What kind of object an instance is, in words (PS3.4 annex B.5)."""

from __future__ import annotations

from functools import lru_cache

from pydicom.config import IGNORE
from pydicom.uid import UID

from viewer_app.imaging.headers import Instance

STORAGE = "1.2.840.10008.5.1.4.1.1."
"""What the UIDs of the storage classes begin with."""

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
_YOUNG_NAMES = {STORAGE + "66.7": "Label Map Segmentation Storage"}

_SHORT_NAMES = {
    "Grayscale Softcopy Presentation State Storage": "Presentation state",
    "Color Softcopy Presentation State Storage": "Presentation state",
    "Key Object Selection Document Storage": "Key object selection",
    "X-Ray Radiation Dose SR Storage": "Radiation dose report",
    "Encapsulated PDF Storage": "PDF document",
}

# What a reader calls objects that are no images, by the rest of the UID; the longest key that fits decides.
_FAMILIES = {
    "88.": "Structured report",
    "88.59": "Key object selection",
    "104.": "Document",
    "104.1": "Document (PDF)",
    "104.2": "Document (CDA)",
    "11.": "Presentation state",
    "66": "Raw data",
    "66.4": "Segmentation",
    "66.7": "Segmentation",
    "66.5": "Surface segmentation",
    "66.1": "Spatial registration",
    "66.3": "Deformable registration",
    "67": "Real world value mapping",
    "481.2": "Radiotherapy dose",
    "481.3": "Radiotherapy structure set",
    "481.4": "Radiotherapy treatment record",
    "481.5": "Radiotherapy plan",
    "481.8": "Radiotherapy ion plan",
    "9.": "Waveform",
    "91.": "Microscopy annotations",
}


def object_name(instance: Instance) -> str:
    """What the SOP class is called: "CT Image", "Segmentation", "PDF document", ..."""
    name = _class_name(instance.sop_class_uid)
    if not name:
        return "Image" if instance.pixel_format else "Object of an unknown kind"
    return _SHORT_NAMES.get(name) or name.removesuffix(" Storage")


def family_name(instance: Instance) -> str:
    """What kind of object it is: "Structured report", "Segmentation", ...; else the standard's own name."""
    uid = instance.sop_class_uid
    if not uid.startswith(STORAGE):
        return object_name(instance)
    rest = uid.removeprefix(STORAGE)
    fitting = [key for key in _FAMILIES if rest == key or (key.endswith(".") and rest.startswith(key))]
    return _FAMILIES[max(fitting, key=len)] if fitting else object_name(instance)


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
