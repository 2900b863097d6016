"""Items of Modality and VOI LUT Sequences, written in every way the standard allows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from pydicom import Dataset


def lut_item(
    table: Sequence[int], first: int, bits: int, *, vr: str = "OW", signed: bool | None = None, name: str = ""
) -> Dataset:
    """A table from `first` on; `vr` is that of LUT Data, "packed" for two entries of 8 bits in a word."""
    item = Dataset()
    has_sign = first < 0 if signed is None else signed
    most = 32768 if has_sign else 65536
    words = [(word % 65536 + most) % 65536 - (65536 - most) for word in (len(table), first, bits)]
    item.add_new("LUTDescriptor", "SS" if has_sign else "US", words)
    if name:
        item.LUTExplanation = name
    if vr == "US":
        item.add_new("LUTData", "US", [int(entry) for entry in table])
    else:
        kind = "u1" if vr == "packed" else "<u2"
        data = np.asarray(table, dtype=kind).tobytes()
        item.add_new("LUTData", "OW", data + b"\0" * (len(data) % 2))
    return item
