"""What opening an object that is no image shows (SOP classes of PS3.4 annex B.5)."""

from __future__ import annotations

from enum import Enum

from viewer_app.imaging.headers import Instance
from viewer_app.imaging.objects import STORAGE


class Opens(Enum):
    """What a double click on an object shows; the value is a sentence for what is not drawn."""

    TEXT = ""
    PDF = "pdf"
    TAGS = "tags"


_SR, _PDF = STORAGE + "88.", STORAGE + "104.1"


def opens_as(instance: Instance) -> Opens:
    """What opening the object shows."""
    if instance.sop_class_uid == _PDF:
        return Opens.PDF
    return Opens.TEXT if instance.sop_class_uid.startswith(_SR) else Opens.TAGS
