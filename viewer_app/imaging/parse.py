"""A header data set to an `Instance`: the only place that reads DICOM attributes into records.

Doubtful geometry, calibration or rescale is never repaired: it is left out and
the reason goes into the frame's `doubts`.
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from pydicom import Dataset

from viewer_app.errors import Unreadable
from viewer_app.imaging import tags
from viewer_app.imaging.cine import CINE_TAGS, cine_of
from viewer_app.imaging.groups import Groups
from viewer_app.imaging.headers import Frame, Instance, Patient, PixelFormat, SeriesInfo, StudyInfo
from viewer_app.imaging.planes import frame_plane
from viewer_app.imaging.shutter import SHUTTER_TAGS, frame_shutter
from viewer_app.imaging.values import frame_rescale, frame_windows, padding_range

_MOST_FRAMES = 200_000

DETAILS = (
    "AcquisitionDate", "AcquisitionTime", "BodyPartExamined", "ContentDate", "ContentTime",
    "ContrastBolusAgent", "ConvolutionKernel", "DerivationDescription", "EchoTime", "Exposure",
    "ImageComments", "ImageLaterality", "ImageType", "KVP", "Laterality", "LossyImageCompression",
    "LossyImageCompressionMethod", "LossyImageCompressionRatio", "MagneticFieldStrength", "Manufacturer",
    "ManufacturerModelName", "PatientAge", "PatientPosition", "ProtocolName", "RepetitionTime",
    "ScanningSequence", "SequenceName", "SliceLocation", "SliceThickness", "SpacingBetweenSlices", "StationName",
    "ViewPosition", "XRayTubeCurrent",
)  # fmt: skip

HEADER_TAGS = (
    *DETAILS,
    "SpecificCharacterSet", "SOPClassUID", "SOPInstanceUID", "PatientID", "PatientName", "PatientBirthDate",
    "PatientSex", "StudyInstanceUID", "StudyID", "StudyDate", "StudyTime", "StudyDescription", "AccessionNumber",
    "InstitutionName", "SeriesInstanceUID", "Modality", "SeriesNumber", "SeriesDescription", "SeriesDate",
    "SeriesTime", "InstanceNumber", "Rows", "Columns", "SamplesPerPixel", "PhotometricInterpretation",
    "BitsAllocated", "BitsStored", "HighBit", "PixelRepresentation", "PlanarConfiguration", "NumberOfFrames",
    "PixelPaddingValue", "PixelPaddingRangeLimit", "FrameOfReferenceUID", "ImagePositionPatient",
    "ImageOrientationPatient", "PixelSpacing", "ImagerPixelSpacing", "NominalScannedPixelSpacing",
    "PixelSpacingCalibrationType", "PixelSpacingCalibrationDescription", "RescaleSlope", "RescaleIntercept",
    "RescaleType", "Units", "ModalityLUTSequence", "WindowCenter", "WindowWidth", "WindowCenterWidthExplanation",
    "VOILUTFunction", "SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence",
    *SHUTTER_TAGS, *CINE_TAGS,
)  # fmt: skip

# Overlay Rows of each overlay group: repeating groups have no keyword of their own (PS3.5 7.6).
OVERLAY_TAGS = tuple(group << 16 | 0x10 for group in range(0x6000, 0x6020, 2))


def parse_instance(dataset: Dataset, *, locator: str, size_bytes: int = 0) -> Instance:
    """Read the header of one SOP Instance; pixels need not be there.

    Raises:
        Unreadable: no SOP Instance UID, or a frame count nobody could hold.
    """
    sop_instance_uid = tags.text(dataset, "SOPInstanceUID")
    if not sop_instance_uid:
        raise Unreadable("The file has no SOP Instance UID.", "It cannot be told from other images; ask for it again.")
    modality = tags.text(dataset, "Modality")
    pixel_format = _pixel_format(dataset)
    frames = _frames(dataset, modality, size_bytes) if pixel_format else ()
    return Instance(
        locator=locator,
        sop_class_uid=tags.text(dataset, "SOPClassUID"),
        sop_instance_uid=sop_instance_uid,
        transfer_syntax_uid=_transfer_syntax(dataset),
        patient=_patient(dataset),
        study=_study(dataset),
        series=_series(dataset, modality),
        instance_number=tags.integer(dataset, "InstanceNumber"),
        pixel_format=pixel_format,
        frames=frames,
        padding=padding_range(dataset, pixel_format) if pixel_format else None,
        details=MappingProxyType({name: found for name in DETAILS if (found := tags.text(dataset, name))}),
        size_bytes=size_bytes,
        overlay_groups=tuple(tag >> 16 for tag in OVERLAY_TAGS if tag in dataset),
        cine=cine_of(dataset, len(frames)),
    )


def _transfer_syntax(dataset: Dataset) -> str:
    meta = getattr(dataset, "file_meta", None)
    return tags.text(meta, "TransferSyntaxUID") if isinstance(meta, Dataset) else ""


def _patient(dataset: Dataset) -> Patient:
    return Patient(
        patient_id=tags.text(dataset, "PatientID"),
        name=tags.text(dataset, "PatientName"),
        birth_date=tags.text(dataset, "PatientBirthDate"),
        sex=tags.text(dataset, "PatientSex"),
    )


def _study(dataset: Dataset) -> StudyInfo:
    return StudyInfo(
        study_uid=tags.text(dataset, "StudyInstanceUID"),
        study_id=tags.text(dataset, "StudyID"),
        date=tags.text(dataset, "StudyDate"),
        time=tags.text(dataset, "StudyTime"),
        description=tags.text(dataset, "StudyDescription"),
        accession_number=tags.text(dataset, "AccessionNumber"),
        institution=tags.text(dataset, "InstitutionName"),
    )


def _series(dataset: Dataset, modality: str) -> SeriesInfo:
    return SeriesInfo(
        series_uid=tags.text(dataset, "SeriesInstanceUID"),
        modality=modality,
        number=tags.integer(dataset, "SeriesNumber"),
        description=tags.text(dataset, "SeriesDescription"),
        date=tags.text(dataset, "SeriesDate"),
        time=tags.text(dataset, "SeriesTime"),
        laterality=tags.text(dataset, "Laterality"),
        body_part=tags.text(dataset, "BodyPartExamined"),
    )


def _pixel_format(dataset: Dataset) -> PixelFormat | None:
    rows, columns, bits = (tags.integer(dataset, name) for name in ("Rows", "Columns", "BitsAllocated"))
    if rows is None or columns is None or bits is None:
        return None
    stored = tags.integer(dataset, "BitsStored")
    high_bit = tags.integer(dataset, "HighBit")
    stored = bits if stored is None else stored
    return PixelFormat(
        rows=rows,
        columns=columns,
        samples_per_pixel=tags.integer(dataset, "SamplesPerPixel") or 1,
        photometric_interpretation=tags.text(dataset, "PhotometricInterpretation"),
        bits_allocated=bits,
        bits_stored=stored,
        high_bit=stored - 1 if high_bit is None else high_bit,
        is_signed=tags.integer(dataset, "PixelRepresentation") == 1,
        planar_configuration=tags.integer(dataset, "PlanarConfiguration") or 0,
        is_float=bits in (32, 64) and tags.value(dataset, "PixelRepresentation") is None,
    )


def _frames(dataset: Dataset, modality: str, size_bytes: int) -> tuple[Frame, ...]:
    groups = Groups(dataset)
    count = _frame_count(dataset, size_bytes)
    if count is None:
        only = _frame(groups, 1, modality)
        return (replace(only, doubts=(*only.doubts, "Its number of frames is not usable; it is read as one image.")),)
    return tuple(_frame(groups, number, modality) for number in range(1, count + 1))


def _frame_count(dataset: Dataset, size_bytes: int) -> int | None:
    """Number of Frames, 1 where it is absent or empty, None where it is no count; no frame is smaller than a byte."""
    claimed = tags.text(dataset, "NumberOfFrames")
    if not claimed:
        return 1
    count = tags.integer(dataset, "NumberOfFrames")
    if not count:
        return None
    if not 1 <= count <= min(_MOST_FRAMES, size_bytes or _MOST_FRAMES):
        raise Unreadable(f"The file claims {count} frames.", "It is damaged; ask for it again.")
    return count


def _frame(groups: Groups, number: int, modality: str) -> Frame:
    plane, plane_doubts = frame_plane(groups, number, modality)
    rescale, value_doubts = frame_rescale(groups, number, modality)
    doubts = (*plane_doubts, *value_doubts)
    return Frame(number, plane, rescale, frame_windows(groups, number), doubts, frame_shutter(groups, number))
