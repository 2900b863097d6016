"""Private elements are found by their creator, in the first or the second block, and nowhere else (PS3.5 7.8.1)."""

from __future__ import annotations

import pytest
from pydicom import Dataset

from viewer_app.imaging.reading import private

ELEMENTS = {
    "text": (private.GE_SCAN_START, "DT", "20260110103000.00"),
    "number": (private.SIEMENS_B_VALUE, "IS", "800"),
    "bytes": (private.SIEMENS_CSA_IMAGE_HEADER, "OB", b"SV10"),
}


def holding(wanted: private.PrivateElement, vr: str, value: object, block: int, creator: str = "") -> Dataset:
    made = Dataset()
    made.add_new(wanted.group << 16 | block, "LO", creator or wanted.creator)
    made.add_new(wanted.group << 16 | block << 8 | wanted.number, vr, value)
    return made


@pytest.mark.parametrize("name", ELEMENTS)
@pytest.mark.parametrize("block", [0x10, 0x11])
def test_it_is_found_in_either_block(name: str, block: int) -> None:
    wanted, vr, value = ELEMENTS[name]
    made = holding(wanted, vr, value, block)
    read = {"text": private.text, "number": private.numbers, "bytes": private.data}[name]
    assert read(made, wanted) == ((800.0,) if name == "number" else value)
    assert {element.tag for element in made} <= set(private.PRIVATE_TAGS)


@pytest.mark.parametrize("name", ELEMENTS)
def test_another_makers_is_not_read(name: str) -> None:
    wanted, vr, value = ELEMENTS[name]
    made = holding(wanted, vr, value, 0x10, "SOMEBODY ELSE")
    assert (private.text(made, wanted), private.numbers(made, wanted), private.data(made, wanted)) == ("", (), b"")


def test_a_block_of_another_maker_before_it_hides_nothing() -> None:
    made = holding(private.SIEMENS_B_VALUE, "IS", "800", 0x11)
    made.update(holding(private.SIEMENS_B_VALUE, "IS", "5", 0x10, "SOMEBODY ELSE"))
    assert private.numbers(made, private.SIEMENS_B_VALUE) == (800.0,)
