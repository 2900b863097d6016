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

__all__ = [
    "PRIOR_SHIFT_MM",
    "SAMPLE_CT_SERIES_UID",
    "SAMPLE_FRAME_OF_REFERENCE_UID",
    "SAMPLE_MR_SERIES_UID",
    "SAMPLE_PRIOR_FRAME_OF_REFERENCE_UID",
    "SAMPLE_PRIOR_SERIES_UID",
    "SAMPLE_PRIOR_STUDY_UID",
    "SAMPLE_STUDY_UID",
    "SAMPLE_VERSION",
    "write_sample",
]
