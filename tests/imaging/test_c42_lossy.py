"""C42: lossy compression is told on the image, in `info` and with each value, also where the tag hides it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.made import image, record, stack
from viewer_app.imaging.values.lossy import lossy_words
from viewer_app.imaging.volume import PlanarImage
from viewer_app.ui.views.corner_text import Density, corner_text

TWICE = {"LossyImageCompression": "01", "LossyImageCompressionRatio": ["10", "2.5"]}
JPEG, NEAR, J2K, EXPLICIT = (f"1.2.840.10008.1.2{end}" for end in (".4.50", ".4.81", ".4.91", ".1"))
CASES: list[tuple[dict[str, Any], str, str]] = [
    ({}, EXPLICIT, ""),
    ({"LossyImageCompression": "00"}, EXPLICIT, ""),
    ({"LossyImageCompression": "01"}, EXPLICIT, "Lossy compression"),
    ({"LossyImageCompression": "01", "LossyImageCompressionRatio": "12.5"}, EXPLICIT, "Lossy compression 12.5:1"),
    (
        {**TWICE, "LossyImageCompressionMethod": ["ISO_10918_1", "ISO_15444_1"]},
        EXPLICIT,
        "Lossy compression 10:1 then 2.5:1, JPEG, JPEG 2000",
    ),
    ({"LossyImageCompression": "01"}, J2K, "Lossy compression, JPEG 2000"),
    ({"LossyImageCompression": "00"}, JPEG, "Lossy compression, JPEG"),
    ({}, JPEG, "Lossy compression, JPEG"),
    ({}, NEAR, "Perhaps lossy compression, JPEG-LS near-lossless"),
    ({}, J2K, "Perhaps lossy compression, JPEG 2000"),
    ({}, "1.2.840.10008.1.2.4.90", ""),
]


@pytest.mark.parametrize(("values", "syntax", "words"), CASES)
def test_what_is_told(values: dict[str, Any], syntax: str, words: str) -> None:
    made = image(**values)
    made.file_meta.TransferSyntaxUID = syntax
    instance = record(made)
    assert lossy_words(instance) == words
    found = stack([made])
    corners = corner_text(instance.patient, instance.study, found, 0, None, 1.0, Density.NONE)
    assert (words in corners.badges) is bool(words)
    assert "" not in corners.badges
    provenance = PlanarImage.of(found.images[0], np.zeros((4, 4), dtype=np.uint16)).provenance
    assert provenance == ", ".join(part for part in ("modality values", words.lower()) if part)
