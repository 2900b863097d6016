"""What kind of object an instance is, in words (PS3.4 annex B.5)."""

from __future__ import annotations

from pydicom.uid import UID

from viewer_app.imaging.headers import Instance

_SHOWN_WITHOUT_IMAGE_IN_NAME = "Parametric Map Storage"


def object_name(instance: Instance) -> str:
    """What the SOP class is called: "CT Image", "Segmentation", "Basic Text SR", ..."""
    name = UID(instance.sop_class_uid).name
    if not instance.sop_class_uid or name == instance.sop_class_uid:
        return "Image" if instance.pixel_format else "Object of an unknown kind"
    return name.removesuffix(" Storage")


def is_image(instance: Instance) -> bool:
    """True for what a stack can show: pixels, and a SOP class that means an image (or none we know)."""
    if instance.pixel_format is None or not instance.frames:
        return False
    name = UID(instance.sop_class_uid).name
    known = bool(instance.sop_class_uid) and name != instance.sop_class_uid
    return not known or "Image Storage" in name or name == _SHOWN_WITHOUT_IMAGE_IN_NAME
