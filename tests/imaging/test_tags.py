"""Values read from their bytes are the ones pydicom reads."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.dataelem import RawDataElement, convert_raw_data_element
from pydicom.tag import Tag

from tests.imaging.test_recall import raw
from viewer_app.imaging.reading import tags
from viewer_app.imaging.reading.quiet import quiet_pydicom

KEYWORDS = ("SOPInstanceUID", "ContentDate", "ContentTime", "InstanceNumber", "SliceLocation", "ImagePositionPatient")
WRITTEN = st.one_of(
    st.binary(max_size=12),
    st.text("0123456789.-+eE\\ \0", max_size=24).map(str.encode),
    st.lists(st.decimals(allow_nan=False, places=3).map(str), max_size=4).map(lambda parts: "\\".join(parts).encode()),
)


@pytest.mark.parametrize("keyword", KEYWORDS)
@settings(max_examples=300, deadline=None)
@given(WRITTEN)
def test_text_and_numbers_are_pydicoms(keyword: str, written: bytes) -> None:
    element = RawDataElement(Tag(keyword), None, len(written), written, 0, True, True)
    with quiet_pydicom:
        try:
            value: object = convert_raw_data_element(element, encoding="iso8859").value
        except Exception:
            value = None
        dataset = raw(**{keyword: written})
        assert tags.text(dataset, keyword) == tags._as_text(value)
        assert repr(tags.numbers(dataset, keyword)) == repr(tags._as_numbers(value))


def test_texts_are_those_that_are_there() -> None:
    dataset = raw(KVP=b"120 ", ImageComments=b"", SliceThickness=b"x")
    assert tags.texts(dataset, ("KVP", "ImageComments", "EchoTime")) == {"KVP": "120"}
