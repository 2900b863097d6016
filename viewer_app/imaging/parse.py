"""A header data set to an `Instance`: the only place that reads DICOM attributes into records.

Doubtful geometry, calibration or rescale is never repaired: it is left out and
the reason goes into the frame's `doubts`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from pydicom import Dataset
from pydicom.tag import BaseTag

from viewer_app.errors import Unreadable
from viewer_app.imaging import mosaic, tags
from viewer_app.imaging.cine import CINE_TAGS, cine_of
from viewer_app.imaging.dimensions import FrameDimensions
from viewer_app.imaging.documents.titles import TITLE_TAGS, object_title
from viewer_app.imaging.groups import Groups, recalled_when_classic
from viewer_app.imaging.headers import Frame, HeaderMark, Instance, Patient, PixelFormat, SeriesInfo, StudyInfo
from viewer_app.imaging.orientation import frame_orientation
from viewer_app.imaging.planes import frame_plane
from viewer_app.imaging.private import PRIVATE_TAGS
from viewer_app.imaging.recall import elements, recalled
from viewer_app.imaging.shutter import SHUTTER_TAGS, frame_shutter
from viewer_app.imaging.suv import SUV_TAGS
from viewer_app.imaging.ultrasound import Regions, is_ultrasound
from viewer_app.imaging.values import frame_values, padding_range

_MOST_FRAMES = 200_000

# Which are alike from slice to slice; where a slice lies is not.
_values = recalled_when_classic(frame_values)
_shutter = recalled_when_classic(frame_shutter)

DETAILS = (
    "AcquisitionDate", "AcquisitionTime", "BodyPartExamined", "ContentDate", "ContentTime",
    "ContrastBolusAgent", "ConvolutionKernel", "DerivationDescription", "EchoTime", "Exposure",
    "ImageComments", "ImageLaterality", "ImageType", "KVP", "Laterality", "LossyImageCompression",
    "LossyImageCompressionMethod", "LossyImageCompressionRatio", "MagneticFieldStrength", "Manufacturer",
    "ManufacturerModelName", "PatientAge", "PatientPosition", "ProtocolName", "RepetitionTime",
    "ScanningSequence", "SequenceName", "SliceLocation", "SliceThickness", "SpacingBetweenSlices", "StationName",
    "ViewPosition", "XRayTubeCurrent",
)  # fmt: skip

OBJECT_TITLE = "ObjectTitle"
"""The one detail that is no keyword: what an object that is no image calls itself."""

HEADER_TAGS = (
    *DETAILS,
    *TITLE_TAGS,
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
    "AcquisitionNumber", "DiffusionBValue", "DiffusionGradientOrientation", "EchoNumbers", "FlipAngle",
    "InversionTime", "NominalPercentageOfCardiacPhase", "TemporalPositionIdentifier", "TriggerTime",
    "EstimatedRadiographicMagnificationFactor", "DistanceSourceToDetector", "DistanceSourceToPatient",
    "PixelAspectRatio", "PatientOrientation", "AnatomicalOrientationType", "SequenceOfUltrasoundRegions",
    "DetectorInformationSequence", "SliceVector",
    *SHUTTER_TAGS, *CINE_TAGS,
)  # fmt: skip

# Overlay Rows of each overlay group: repeating groups have no keyword of their own (PS3.5 7.6).
OVERLAY_TAGS = tuple(BaseTag(group << 16 | 0x10) for group in range(0x6000, 0x6020, 2))
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
    pixel_format = _pixel_format(dataset)
    frames = _frames(dataset, modality, pixel_format, size_bytes) if pixel_format else ()
    is_split = bool(frames) and frames[0].tile is not None
    return Instance(
        locator=locator,
        sop_class_uid=tags.text(dataset, "SOPClassUID"),
        sop_instance_uid=sop_instance_uid,
        transfer_syntax_uid=_transfer_syntax(dataset),
        patient=_patient(dataset),
        study=_study(dataset),
        series=_series(dataset, modality),
        instance_number=tags.integer(dataset, "InstanceNumber"),
        pixel_format=_shown_format(pixel_format, frames),
        frames=frames,
        padding=_padding(dataset),
        details=_details(dataset),
        size_bytes=size_bytes,
        # What is drawn on, or timed by, a whole mosaic says nothing of its tiles.
        overlay_groups=() if is_split else tuple(tag >> 16 for tag in OVERLAY_TAGS if tag in elements(dataset)),
        cine=None if is_split else cine_of(dataset, len(frames)),
        mark=mark,
    )


def _details(dataset: Dataset) -> Mapping[str, str]:
    found = tags.texts(dataset, DETAILS)
    if title := object_title(dataset):
        found[OBJECT_TITLE] = title
    return MappingProxyType(found)


def _transfer_syntax(dataset: Dataset) -> str:
    meta = getattr(dataset, "file_meta", None)
    return tags.text(meta, "TransferSyntaxUID") if isinstance(meta, Dataset) else ""


@recalled
def _patient(dataset: Dataset) -> Patient:
    return Patient(
        patient_id=tags.text(dataset, "PatientID"),
        name=tags.text(dataset, "PatientName"),
        birth_date=tags.text(dataset, "PatientBirthDate"),
        sex=tags.text(dataset, "PatientSex"),
    )


@recalled
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


@recalled
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


@recalled
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
def _padding(dataset: Dataset) -> tuple[float, float] | None:
    pixel_format = _pixel_format(dataset)
    return padding_range(dataset, pixel_format) if pixel_format else None


def _shown_format(pixels: PixelFormat | None, frames: tuple[Frame, ...]) -> PixelFormat | None:
    tile = frames[0].tile if frames else None
    return pixels if pixels is None or tile is None else mosaic.tile_format(pixels, tile, len(frames))


def _frames(dataset: Dataset, modality: str, pixels: PixelFormat, size_bytes: int) -> tuple[Frame, ...]:
    groups = Groups(dataset)
    count = _frame_count(dataset, size_bytes)
    if count is None:
        only = _FrameReader(groups, modality, pixels).frame(1)
        return (replace(only, doubts=(*only.doubts, "Its number of frames is not usable; it is read as one image.")),)
    if count == 1 and mosaic.is_mosaic(groups):
        return _mosaic_frames(groups, modality, pixels)
    read = _FrameReader(groups, modality, pixels)
    return tuple(read.frame(number) for number in range(1, count + 1))


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


def _mosaic_frames(groups: Groups, modality: str, pixels: PixelFormat) -> tuple[Frame, ...]:
    """One frame per tile, or the whole mosaic with the reason why it is not split."""
    shown = _FrameReader(groups, modality, pixels).frame(1)
    tiles, why = mosaic.tiles(groups, pixels)
    if not tiles:
        return (replace(shown, doubts=(*shown.doubts, why)),)
    dimensions = FrameDimensions(groups).of(1)
    return tuple(
        replace(shown, number=number, plane=plane, shutter=None, tile=tile, dimensions=dimensions)
        for number, (plane, tile) in enumerate(tiles, start=1)
    )


class _FrameReader:
    """Reads the frames of one header."""

    def __init__(self, groups: Groups, modality: str, pixels: PixelFormat) -> None:
        self._groups, self._modality, self._pixels = groups, modality, pixels
        self._dimensions = FrameDimensions(groups)
        self._regions = Regions(groups) if is_ultrasound(groups.dataset, modality) else None

    def frame(self, number: int) -> Frame:
        """Frame `number`, from 1."""
        groups, regions = self._groups, self._regions
        plane, plane_doubts = frame_plane(groups, number, self._modality)
        found, region_doubts = regions.of_frame(number) if regions else ((), ())
        orientation, orientation_doubts = frame_orientation(groups, number, plane)
        values = _values(groups, number, self._modality, self._pixels)
        return Frame(
            number=number,
            plane=plane,
            rescale=values.rescale,
            windows=values.windows,
            doubts=(*region_doubts, *plane_doubts, *orientation_doubts, *values.doubts),
            shutter=_shutter(groups, number),
            orientation=orientation,
            regions=found,
            notes=values.notes,
            dimensions=self._dimensions.of(number) if plane.located else (),
        )
