"""Which SOP classes are images to show, and what the others are called."""

from __future__ import annotations

import pytest
from pydicom._uid_dict import UID_dictionary

from tests.made import image, record
from viewer_app.imaging.objects import is_image, object_name

CLASSES = {
    name: uid for uid, (name, kind, *_) in UID_dictionary.items() if kind == "SOP Class" and name.endswith("Storage")
}
IMAGES = {
    "Ultrasound Multi-frame Image Storage", "Multi-frame Grayscale Byte Secondary Capture Image Storage",
    "VL Photographic Image Storage", "VL Whole Slide Microscopy Image Storage", "Nuclear Medicine Image Storage",
    "Ophthalmic Photography 8 Bit Image Storage", "Enhanced US Volume Storage", "RT Image Storage",
    "X-Ray 3D Angiographic Image Storage", "Breast Tomosynthesis Image Storage", "Parametric Map Storage",
    "Ophthalmic Thickness Map Storage", "Enhanced MR Color Image Storage",
    "Legacy Converted Enhanced PET Image Storage",
}  # fmt: skip
OTHERS = {
    "Segmentation Storage": "Segmentation",
    "RT Dose Storage": "RT Dose",
    "RT Structure Set Storage": "RT Structure Set",
    "Comprehensive SR Storage": "Comprehensive SR",
    "Key Object Selection Document Storage": "Key object selection",
    "Grayscale Softcopy Presentation State Storage": "Presentation state",
    "Encapsulated PDF Storage": "PDF document",
    "X-Ray Radiation Dose SR Storage": "Radiation dose report",
    "MR Spectroscopy Storage": "MR Spectroscopy",
    "Raw Data Storage": "Raw Data",
}


@pytest.mark.parametrize("name", sorted(IMAGES | {name for name in CLASSES if "Image Storage" in name}))
def test_classes_with_pixels_are_shown(name: str) -> None:
    assert is_image(record(image(SOPClassUID=CLASSES[name])))


@pytest.mark.parametrize(("name", "words"), OTHERS.items())
def test_others_are_listed_by_name_even_with_pixels(name: str, words: str) -> None:
    found = record(image(SOPClassUID=CLASSES[name]))
    assert not is_image(found)
    assert object_name(found) == words


def test_a_label_map_is_no_image() -> None:
    found = record(image(SOPClassUID="1.2.840.10008.5.1.4.1.1.66.7"))
    assert (is_image(found), object_name(found)) == (False, "Label Map Segmentation")


@pytest.mark.parametrize("uid", ["1.2.3.4", ""])
def test_pixels_of_an_unknown_class_are_shown(uid: str) -> None:
    found = record(image(SOPClassUID=uid))
    assert (is_image(found), object_name(found)) == (True, "Image")


def test_an_unknown_class_without_pixels_is_listed() -> None:
    made = image(SOPClassUID="1.2.3.4")
    del made.Rows
    assert (is_image(record(made)), object_name(record(made))) == (False, "Object of an unknown kind")
