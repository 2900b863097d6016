"""What an object is, in a reader's words, and what opening it shows (SOP classes of PS3.4 annex B.5)."""

from __future__ import annotations

from enum import Enum

from viewer_app.imaging.headers import Instance
from viewer_app.imaging.objects import object_name


class Opens(Enum):
    """What a double click on an object shows; the value is a sentence for what is not drawn."""

    TEXT = ""
    PDF = "pdf"
    TAGS = "tags"


_PREFIX = "1.2.840.10008.5.1.4.1.1."
# The longest prefix that fits decides.
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
_SR, _PDF = _PREFIX + "88.", _PREFIX + "104.1"


def family_name(instance: Instance) -> str:
    """What kind of object it is: "Structured report", "Segmentation", ...; else the standard's own name."""
    uid = instance.sop_class_uid
    if not uid.startswith(_PREFIX):
        return object_name(instance)
    rest = uid.removeprefix(_PREFIX)
    fitting = [key for key in _FAMILIES if rest == key or (key.endswith(".") and rest.startswith(key))]
    return _FAMILIES[max(fitting, key=len)] if fitting else object_name(instance)


def opens_as(instance: Instance) -> Opens:
    """What opening the object shows."""
    if instance.sop_class_uid == _PDF:
        return Opens.PDF
    return Opens.TEXT if instance.sop_class_uid.startswith(_SR) else Opens.TAGS
