"""H46 and H51: the same UID twice, and two patients under one study."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.hostile.case import Case, patients, shown, split
from tests.hostile.parts import TRUTH, content, dataset, puts_all
from viewer_app.phantom.dicom import uid

_NAME = "Caliper^Phantom"


def cases(thorough: bool) -> Iterator[Case]:
    """Every case of these numbers."""
    yield Case("H46-equal-bytes", _twice(content(dataset()), content(dataset())), shown("repeat|same"), (TRUTH,))
    other = TRUTH[::-1]
    made = _twice(content(dataset()), content(dataset(other)))
    yield Case("H46-different-pixels", made, split(1, 1, words="cannot be measured here"), (TRUTH, other))
    scaled = _twice(content(dataset()), content(dataset(RescaleSlope="2")))
    yield Case("H46-different-values", scaled, split(1, 1, words="cannot be measured here"), (TRUTH,))
    shared = _twice(content(dataset()), content(dataset(other, SeriesInstanceUID="2.25.9")))
    yield Case("H46-in-two-series", shared, split(1, 1, words="in two series"), (TRUTH, other))
    others: dict[str, dict[str, Any]] = {
        "two-ids": {"PatientID": "OTHER"},
        "two-names": {"PatientID": "HOSTILE", "PatientName": "Other^Name"},
        "no-id": {"PatientID": None},
        "id-of-another-case": {"PatientID": "hostile"},
    }
    for name, values in others.items():
        images = puts_all(lambda values=values: [dataset(), _other(**values)])  # type: ignore[misc]  # bound here
        second = values["PatientID"] or "", values.get("PatientName") or _NAME
        expect = patients(("HOSTILE", _NAME), second, words="two patients")
        yield Case(f"H51-{name}", images, expect, (TRUTH,))
    same_uid = puts_all(lambda: [dataset(), dataset(other, PatientID="OTHER")])
    expect = patients(("HOSTILE", _NAME), ("OTHER", _NAME), words="two patients")
    yield Case("H51-one-sop-uid-of-two-patients", same_uid, expect, (TRUTH, other))


def _twice(first: bytes, second: bytes) -> Any:
    def make(folder: Path) -> None:
        (folder / "hostile1.dcm").write_bytes(first)
        (folder / "hostile2.dcm").write_bytes(second)

    return make


def _other(**values: Any) -> Any:
    return dataset(number=2, **{"SOPInstanceUID": uid("hostile", "other")} | values)
