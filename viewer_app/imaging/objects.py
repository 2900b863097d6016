"""What kind of object an instance is, in words (PS3.4 annex B.5)."""

from __future__ import annotations

from pydicom.config import IGNORE
from pydicom.uid import UID

from viewer_app.imaging.headers import Instance

_SHOWN_WITHOUT_IMAGE_IN_NAME = "Parametric Map Storage"


def object_name(instance: Instance) -> str:
    """What the SOP class is called: "CT Image", "Segmentation", "Basic Text SR", ..."""
    name = _class_name(instance)
    if not name:
        return "Image" if instance.pixel_format else "Object of an unknown kind"
    return name.removesuffix(" Storage")


def is_image(instance: Instance) -> bool:
    """True for what a stack can show: pixels, and a SOP class that means an image (or none we know)."""
    if instance.pixel_format is None or not instance.frames:
        return False
    name = _class_name(instance)
    return not name or "Image Storage" in name or name == _SHOWN_WITHOUT_IMAGE_IN_NAME


def _class_name(instance: Instance) -> str:
    """The standard's name of the SOP class; "" for one it does not have."""
    name = UID(instance.sop_class_uid, validation_mode=IGNORE).name
    return "" if name == instance.sop_class_uid else name
