"""What a header says: the frozen records every other room reads.

Nothing here holds pixels or knows where a file lies; `locator` is a word only
the source that made the record understands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from viewer_app.imaging.geometry import Plane
from viewer_app.imaging.places.regions import Region


@dataclass(frozen=True, slots=True)
class Patient:
    """Patient Module, PS3.3 C.7.1.1. Dates are DICOM's YYYYMMDD or ""."""

    patient_id: str = ""
    name: str = ""
    birth_date: str = ""
    sex: str = ""


@dataclass(frozen=True, slots=True)
class StudyInfo:
    """General Study and Equipment Modules, PS3.3 C.7.2.1 and C.7.5.1."""

    study_uid: str
    study_id: str = ""
    date: str = ""
    time: str = ""
    description: str = ""
    accession_number: str = ""
    institution: str = ""


@dataclass(frozen=True, slots=True)
class SeriesInfo:
    """General Series Module, PS3.3 C.7.3.1."""

    series_uid: str
    modality: str = ""
    number: int | None = None
    description: str = ""
    date: str = ""
    time: str = ""
    laterality: str = ""
    body_part: str = ""


@dataclass(frozen=True, slots=True)
class PixelFormat:
    """Image Pixel Module, PS3.3 C.7.6.3: how the stored values lie in the file.

    `is_float` is set for Float and Double Float Pixel Data (PS3.3 C.7.6.24, C.7.6.25).
    """

    rows: int
    columns: int
    samples_per_pixel: int
    photometric_interpretation: str
    bits_allocated: int
    bits_stored: int
    high_bit: int
    is_signed: bool
    planar_configuration: int = 0
    is_float: bool = False

    @property
    def is_colour(self) -> bool:
        """True where a pixel is a colour, by samples or by palette."""
        return self.samples_per_pixel > 1 or self.photometric_interpretation == "PALETTE COLOR"

    @property
    def stored_range(self) -> tuple[int, int]:
        """Smallest and largest stored value that `bits_stored` can hold."""
        if self.is_signed:
            return -(1 << (self.bits_stored - 1)), (1 << (self.bits_stored - 1)) - 1
        return 0, (1 << self.bits_stored) - 1


@dataclass(frozen=True, slots=True)
class Lookup:
    """A table of unsigned integers (PS3.3 C.11.1.1 and C.11.2.1.1).

    `entries` are little-endian 16-bit words of which `bits` count. The input `first`
    finds the first of them, each next integer the next one; inputs beyond an end find that end.
    """

    first: int
    entries: bytes = field(repr=False)
    bits: int


@dataclass(frozen=True, slots=True)
class Suv:
    """`factor` times the rescaled value is SUVbw in g/ml; None where the file does not prove it.

    `reason` is a sentence: how the factor came about, or why there is none. `origin` is a few words for a report.
    """

    factor: float | None
    reason: str
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Rescale:
    """Modality LUT as a line: modality value = slope * stored value + intercept (PS3.3 C.11.1).

    Where there is a `lookup`, the modality value is what the stored value finds there instead.
    `unit` is "HU" or what Rescale Type says; "" where the file proves none. `origin` says how
    the values came about where that is more than the file's own rescale; `suv` is what was found of
    a PET image's factor, which slope and intercept then include (C36).
    """

    slope: float = 1.0
    intercept: float = 0.0
    unit: str = ""
    lookup: Lookup | None = None
    origin: str = ""
    suv: Suv | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Window:
    """A VOI window in modality values (PS3.3 C.11.2.1.2): LINEAR, LINEAR_EXACT or SIGMOID.

    The function "LUT" is one of the file's VOI LUTs (PS3.3 C.11.2.1.1) with its `lookup`;
    centre and width then span the inputs over which it changes, as a LINEAR window would.
    """

    center: float
    width: float
    explanation: str = ""
    function: str = "LINEAR"
    lookup: Lookup | None = None


@dataclass(frozen=True, slots=True)
class Shutter:
    """What to blank around an image (PS3.3 C.7.6.11): seen is what lies in all of `shapes`.

    A shape is (kind, numbers as the file has them: rows and columns from 1). `grey` (0..255)
    fills the rest. Stored values and measurements are not touched.
    """

    shapes: tuple[tuple[str, tuple[float, ...]], ...]
    grey: int = 0


@dataclass(frozen=True, slots=True)
class Tile:
    """The part of a Siemens mosaic that is one slice: its first pixel, and the size of the whole mosaic."""

    first_row: int
    first_column: int
    mosaic_rows: int
    mosaic_columns: int


# What tells images of one place apart: a name of imaging/reading/dimensions.py and its value.
Dimensions = tuple[tuple[str, float | str], ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """One image of an instance. `number` counts from 1 as DICOM does; the tiles of a mosaic count as frames.

    `doubts` are sentences: why a length or a value of this frame is not to be trusted.
    `dimensions` only sort images into stacks; a server may know fewer of them than the file.
    `orientation` is what lies at its left, right, top and bottom edge by Patient
    Orientation (PS3.3 C.7.6.1.1.1), where `plane` does not tell it: in an image
    without a place, or of an animal; four times "" where the file contradicts itself.
    `regions` are the parts of an ultrasound image that have a scale of their own (C08).
    `notes` are sentences that explain its values or its file and cast no doubt on them.
    `has_square_pixels` is False where the file says, or leaves open, that they are not: on a plane in pixels,
    shapes and angles are distorted then. `pixel_aspect` is a pixel's height by its width, 1 where it is not told.
    """

    number: int
    plane: Plane
    rescale: Rescale = Rescale()
    windows: tuple[Window, ...] = ()
    doubts: tuple[str, ...] = ()
    shutter: Shutter | None = None
    orientation: tuple[str, str, str, str] | None = None
    regions: tuple[Region, ...] = ()
    dimensions: Dimensions = field(default=(), compare=False)
    tile: Tile | None = None
    notes: tuple[str, ...] = ()
    has_square_pixels: bool = True
    pixel_aspect: float = 1.0


@dataclass(frozen=True, slots=True)
class Cine:
    """When the frames of an instance were taken (PS3.3 C.7.6.5): at even steps, or at `times_ms` since the first.

    `display_rate` is how many frames a second the sender wants to be shown, None where it does not say.
    An interval of 0 without times says that only this rate is known.
    """

    interval_ms: float
    times_ms: tuple[float, ...] = ()
    display_rate: float | None = None

    @property
    def is_timed(self) -> bool:
        """Whether it is known when the frames were taken."""
        return self.interval_ms > 0 or bool(self.times_ms)

    def seconds(self, number: int) -> float:
        """Of frame `number` (from 1), since the first."""
        return (self.times_ms[number - 1] if self.times_ms else self.interval_ms * (number - 1)) / 1000


@dataclass(frozen=True, slots=True)
class HeaderMark:
    """The first bytes of a file as they were when it was listed: all that stands before the pixel element.

    A file whose first `size` bytes still have this SHA-256 `digest` is still the
    same instance, its header need not be parsed again, and its pixel element begins at `size`.
    """

    size: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class Instance:
    """One SOP Instance, known by its header alone.

    `pixel_format` is None for objects without pixels. `padding` is the inclusive
    range of STORED values that stand for "no pixel" (PS3.3 C.7.5.1.1.2).
    `details` are further values by DICOM keyword, as text, for the corner text.
    `cine` is None for one frame and for frames that are no moments.
    `overlay_groups` are the groups 60xx that hold overlay planes (PS3.3 C.9.2).
    Where frames are tiles of a mosaic, `pixel_format` is that of a tile.
    `mark` is None where the source read the header from elsewhere than the file itself.
    A twin is another file with the SOP Instance UID of one that is there: no mark can belong to it (H46).
    """

    locator: str
    sop_class_uid: str
    sop_instance_uid: str
    transfer_syntax_uid: str
    patient: Patient
    study: StudyInfo
    series: SeriesInfo
    instance_number: int | None
    pixel_format: PixelFormat | None
    frames: tuple[Frame, ...]
    padding: tuple[float, float] | None = None
    details: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    size_bytes: int = 0
    overlay_groups: tuple[int, ...] = ()
    cine: Cine | None = None
    mark: HeaderMark | None = field(default=None, compare=False)
    is_twin: bool = False

    @property
    def identity(self) -> tuple[str, str]:
        """Tells it from every other instance of its source, twins among them."""
        return self.sop_instance_uid, self.locator


@dataclass(frozen=True, slots=True)
class Image:
    """One frame of one instance: the unit a stack is sorted by and a mark belongs to (C41)."""

    instance: Instance
    frame: Frame

    @property
    def sop_instance_uid(self) -> str:
        """The SOP Instance UID of the instance."""
        return self.instance.sop_instance_uid

    @property
    def plane(self) -> Plane:
        """Where the frame lies."""
        return self.frame.plane


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a source that cannot be shown: where (a short name, no machine path) and why."""

    where: str
    why: str
