"""Synthetic DICOM with closed-form truth: the sample study and the phantoms of the tests."""

from viewer_app.phantom.sample import SAMPLE_VERSION, write_sample
from viewer_app.phantom.series import (
    PRIOR_SHIFT_MM,
    SAMPLE_CT_SERIES_UID,
    SAMPLE_FRAME_OF_REFERENCE_UID,
    SAMPLE_MR_SERIES_UID,
    SAMPLE_PRIOR_FRAME_OF_REFERENCE_UID,
    SAMPLE_PRIOR_SERIES_UID,
    SAMPLE_PRIOR_STUDY_UID,
    SAMPLE_STUDY_UID,
)
from viewer_app.phantom.truth import SAMPLE_TRUTH, Truth, sample_table_markdown

__all__ = [
    "PRIOR_SHIFT_MM",
    "SAMPLE_CT_SERIES_UID",
    "SAMPLE_FRAME_OF_REFERENCE_UID",
    "SAMPLE_MR_SERIES_UID",
    "SAMPLE_PRIOR_FRAME_OF_REFERENCE_UID",
    "SAMPLE_PRIOR_SERIES_UID",
    "SAMPLE_PRIOR_STUDY_UID",
    "SAMPLE_STUDY_UID",
    "SAMPLE_TRUTH",
    "SAMPLE_VERSION",
    "Truth",
    "sample_table_markdown",
    "write_sample",
]
