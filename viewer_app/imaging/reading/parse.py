"""A header data set to an `Instance`: the only place that reads DICOM attributes into records.

Doubtful geometry, calibration or rescale is never repaired: it is left out and
the reason goes into the frame's `doubts`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from pydicom import Dataset
from pydicom.tag import BaseTag

from viewer_app.errors import Unreadable
from viewer_app.imaging.documents.titles import TITLE_TAGS, object_title
from viewer_app.imaging.headers import Frame, HeaderMark, Instance, Patient, PixelFormat, SeriesInfo, StudyInfo
from viewer_app.imaging.places import mosaic
from viewer_app.imaging.reading import tags
from viewer_app.imaging.reading.cine import CINE_TAGS, cine_of
from viewer_app.imaging.reading.frames import frames_of
from viewer_app.imaging.reading.private import PRIVATE_TAGS
from viewer_app.imaging.reading.recall import elements, recalled
from viewer_app.imaging.reading.shutter import SHUTTER_TAGS
from viewer_app.imaging.reading.technique import CODE_TAGS, coded_texts, group_texts
from viewer_app.imaging.values.frame import padding_range
from viewer_app.imaging.values.suv import SUV_TAGS

DETAILS = (
    "AcquisitionDate", "AcquisitionDateTime", "AcquisitionTime", "ActualFrameDuration", "BodyPartExamined",
    "BodyPartThickness", "CompressionForce", "ContentDate", "ContentTime", "ContrastBolusAgent", "ConvolutionKernel",
    "BoneThermalIndex", "CranialThermalIndex", "DerivationDescription", "EchoTime", "Exposure", "FlipAngle",
    "ImageComments", "ImageLaterality", "ImageType", "InversionTime", "KVP", "Laterality", "LossyImageCompression",
    "LossyImageCompressionMethod", "LossyImageCompressionRatio", "MagneticFieldStrength", "Manufacturer",
    "ManufacturerModelName", "MechanicalIndex", "PatientAge", "PatientPosition", "PositionerMotion",
    "PositionerPrimaryAngle", "PositionerSecondaryAngle", "ProtocolName", "RepetitionTime", "ScanningSequence",
    "SequenceName", "SliceLocation", "SliceThickness", "SoftTissueThermalIndex", "SpacingBetweenSlices",
    "StationName", "ViewPosition", "XRayTubeCurrent",
)  # fmt: skip

OBJECT_TITLE = "ObjectTitle"
"""The one detail that is no keyword: what an object that is no image calls itself."""

# Of these, what differs from slice to slice.
_OF_SLICE = (
    "AcquisitionDateTime", "AcquisitionTime", "ContentTime", "Exposure", "SliceLocation", "XRayTubeCurrent",
)  # fmt: skip
_OF_SERIES = tuple(keyword for keyword in DETAILS if keyword not in _OF_SLICE)

HEADER_TAGS = (
    *DETAILS,
    *TITLE_TAGS,
    *CODE_TAGS,
    "SpecificCharacterSet", "SOPClassUID", "SOPInstanceUID", "PatientID", "PatientName", "PatientBirthDate",
    "PatientSex", "StudyInstanceUID", "StudyID", "StudyDate", "StudyTime", "StudyDescription", "AccessionNumber",
    "InstitutionName", "SeriesInstanceUID", "Modality", "SeriesNumber", "SeriesDescription", "SeriesDate",
    "SeriesTime", "InstanceNumber", "Rows", "Columns", "SamplesPerPixel", "PhotometricInterpretation",
    "BitsAllocated", "BitsStored", "HighBit", "PixelRepresentation", "PlanarConfiguration", "NumberOfFrames",
    "PixelPaddingValue", "PixelPaddingRangeLimit", "FrameOfReferenceUID", "ImagePositionPatient",
    "ImageOrientationPatient", "PixelSpacing", "ImagerPixelSpacing", "NominalScannedPixelSpacing",
    "PixelSpacingCalibrationType", "PixelSpacingCalibrationDescription", "RescaleSlope", "RescaleIntercept",
    "RescaleType", "ModalityLUTSequence", "WindowCenter", "WindowWidth", "WindowCenterWidthExplanation",
    "VOILUTFunction", "VOILUTSequence", "PresentationLUTShape", "MultienergyCTAcquisition",
    "FloatPixelPaddingValue", "FloatPixelPaddingRangeLimit", "DoubleFloatPixelPaddingValue",
    "DoubleFloatPixelPaddingRangeLimit", "RealWorldValueMappingSequence",
    "SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence", *SUV_TAGS,
    "AcquisitionNumber", "DiffusionBValue", "DiffusionGradientOrientation", "EchoNumbers",
    "NominalPercentageOfCardiacPhase", "TemporalPositionIdentifier", "TriggerTime",
    "EstimatedRadiographicMagnificationFactor", "DistanceSourceToDetector", "DistanceSourceToPatient",
    "PixelAspectRatio", "PatientOrientation", "AnatomicalOrientationType", "SequenceOfUltrasoundRegions",
    "DetectorInformationSequence", "SliceVector",
    *SHUTTER_TAGS, *CINE_TAGS,
)  # fmt: skip

# Overlay Rows of each overlay group: repeating groups have no keyword of their own (PS3.5 7.6).
OVERLAY_TAGS = tuple(BaseTag(group << 16 | 0x10) for group in range(0x6000, 0x6020, 2))
_OVERLAYS = frozenset(OVERLAY_TAGS)
_GROUP_TAGS = tuple(map(tags.tag, ("SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence")))
PRIVATE_HEADER_TAGS = tuple(map(BaseTag, PRIVATE_TAGS))


def parse_instance(dataset: Dataset, *, locator: str, size_bytes: int = 0, mark: HeaderMark | None = None) -> Instance:
    """Read the header of one SOP Instance; pixels need not be there.

    Raises:
        Unreadable: no SOP Instance UID, or a frame count nobody could hold.
    """
    sop_instance_uid = tags.text(dataset, "SOPInstanceUID")
    if not sop_instance_uid:
        raise Unreadable("The file has no SOP Instance UID.", "It cannot be told from other images; ask for it again.")
    modality = tags.text(dataset, "Modality")
    patient, study, series = _belonging(dataset, modality)
    pixel_format, padding = _pixels(dataset)
    frames = frames_of(dataset, modality, pixel_format, size_bytes) if pixel_format else ()
    is_split = bool(frames) and frames[0].tile is not None
    return Instance(
        locator=locator,
        sop_class_uid=tags.text(dataset, "SOPClassUID"),
        sop_instance_uid=sop_instance_uid,
        transfer_syntax_uid=transfer_syntax(dataset),
        patient=patient,
        study=study,
        series=series,
        instance_number=tags.integer(dataset, "InstanceNumber"),
        pixel_format=_shown_format(pixel_format, frames),
        frames=frames,
        padding=padding,
        details=_details(dataset, len(frames)),
        size_bytes=size_bytes,
        # What is drawn on, or timed by, a whole mosaic says nothing of its tiles.
        overlay_groups=() if is_split else _overlay_groups(dataset),
        cine=None if is_split else cine_of(dataset, len(frames)),
        mark=mark,
    )


def _overlay_groups(dataset: Dataset) -> tuple[int, ...]:
    known = elements(dataset)
    return () if _OVERLAYS.isdisjoint(known) else tuple(tag >> 16 for tag in OVERLAY_TAGS if tag in known)


def _details(dataset: Dataset, frames: int) -> Mapping[str, str]:
    told = {**_shared_details(dataset), **tags.texts(dataset, _OF_SLICE)}
    if any(tag in elements(dataset) for tag in _GROUP_TAGS):
        told |= group_texts(dataset, frames)
    return MappingProxyType(told)


@recalled
def _shared_details(dataset: Dataset) -> Mapping[str, str]:
    found = tags.texts(dataset, _OF_SERIES)
    found |= coded_texts(dataset, found)
    if title := object_title(dataset):
        found[OBJECT_TITLE] = title
    return found


def transfer_syntax(dataset: Dataset) -> str:
    """The Transfer Syntax UID of its file meta; "" where it has none."""
    meta = getattr(dataset, "file_meta", None)
    return tags.text(meta, "TransferSyntaxUID") if isinstance(meta, Dataset) else ""


@recalled
def _belonging(dataset: Dataset, modality: str) -> tuple[Patient, StudyInfo, SeriesInfo]:
    """Whose image it is, and of which study and series."""
    patient = Patient(
        patient_id=tags.text(dataset, "PatientID"),
        name=tags.text(dataset, "PatientName"),
        birth_date=tags.text(dataset, "PatientBirthDate"),
        sex=tags.text(dataset, "PatientSex"),
    )
    study = StudyInfo(
        study_uid=tags.text(dataset, "StudyInstanceUID"),
        study_id=tags.text(dataset, "StudyID"),
        date=tags.text(dataset, "StudyDate"),
        time=tags.text(dataset, "StudyTime"),
        description=tags.text(dataset, "StudyDescription"),
        accession_number=tags.text(dataset, "AccessionNumber"),
        institution=tags.text(dataset, "InstitutionName"),
    )
    series = SeriesInfo(
        series_uid=tags.text(dataset, "SeriesInstanceUID"),
        modality=modality,
        number=tags.integer(dataset, "SeriesNumber"),
        description=tags.text(dataset, "SeriesDescription"),
        date=tags.text(dataset, "SeriesDate"),
        time=tags.text(dataset, "SeriesTime"),
        laterality=tags.text(dataset, "Laterality"),
        body_part=tags.text(dataset, "BodyPartExamined"),
    )
    return patient, study, series


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


@recalled
def _pixels(dataset: Dataset) -> tuple[PixelFormat | None, tuple[float, float] | None]:
    """Pixel Format and padding."""
    pixel_format = _pixel_format(dataset)
    return pixel_format, padding_range(dataset, pixel_format) if pixel_format else None


def _shown_format(pixels: PixelFormat | None, frames: tuple[Frame, ...]) -> PixelFormat | None:
    tile = frames[0].tile if frames else None
    return pixels if pixels is None or tile is None else mosaic.tile_format(pixels, tile, len(frames))
