"""How an image was taken, where a header says it in codes or in functional groups (PS3.3 C.7.6.16)."""

from __future__ import annotations

import pytest
from pydicom import Dataset

from tests import cases
from tests.made import image, record
from viewer_app.imaging.reading.technique import group_texts
from viewer_app.progress import Watch
from viewer_app.sources import FolderSource


def item(**values: object) -> Dataset:
    made = Dataset()
    for keyword, value in values.items():
        setattr(made, keyword, value)
    return made


def test_a_code_says_what_no_text_says() -> None:
    code = item(CodeValue="399162004", CodingSchemeDesignator="SCT", CodeMeaning="cranio-caudal")
    assert record(image(ViewCodeSequence=[code])).details["ViewCodeSequence"] == "cranio-caudal"
    assert "ViewCodeSequence" not in record(image(ViewCodeSequence=[code], ViewPosition="CC")).details


def test_what_all_frames_share_is_told_and_what_differs_is_not() -> None:
    def own(echo: float) -> Dataset:
        measures = item(SliceThickness="4", PixelSpacing=["1", "1"])
        return item(MREchoSequence=[item(EffectiveEchoTime=echo)], PixelMeasuresSequence=[measures])

    shared = item(MRTimingAndRelatedParametersSequence=[item(RepetitionTime="500", FlipAngle="90")])
    made = item(SharedFunctionalGroupsSequence=[shared], PerFrameFunctionalGroupsSequence=[own(10.0), own(20.0)])
    assert group_texts(made, 2) == {"RepetitionTime": "500", "FlipAngle": "90", "SliceThickness": "4"}
    assert group_texts(made, 1)["EffectiveEchoTime"] == "10.0"
    assert group_texts(Dataset(), 1) == {}


@pytest.mark.real_data
def test_an_enhanced_mr_tells_its_technique() -> None:
    studies = FolderSource(cases.case("mr-enhanced-multiframe")).find(Watch()).studies
    found = [one.details for study in studies for one in study.instances if "EffectiveEchoTime" in one.details]
    assert found
    assert all(float(details["RepetitionTime"]) > 0 for details in found if "RepetitionTime" in details)
