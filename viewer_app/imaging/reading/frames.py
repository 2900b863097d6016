"""The frames of a header: where each lies, what its values mean, and what is drawn or blanked on it."""

from __future__ import annotations

from dataclasses import replace

from pydicom import Dataset
from pydicom.dataelem import RawDataElement

from viewer_app.errors import Unreadable
from viewer_app.imaging.geometry import Plane, Vector
from viewer_app.imaging.headers import Dimensions, Frame, PixelFormat
from viewer_app.imaging.places import mosaic
from viewer_app.imaging.places.orientation import frame_orientation
from viewer_app.imaging.places.planes import frame_plane, has_square_pixels, pixel_aspect
from viewer_app.imaging.places.position import right_position
from viewer_app.imaging.places.ultrasound import Regions, is_ultrasound
from viewer_app.imaging.reading import tags
from viewer_app.imaging.reading.dimensions import FrameDimensions, counters, series_dimensions
from viewer_app.imaging.reading.groups import Groups, recalled_when_classic
from viewer_app.imaging.reading.recall import recalled
from viewer_app.imaging.reading.shutter import frame_shutter
from viewer_app.imaging.values.frame import FrameValues, frame_values

_MOST_FRAMES = 200_000

# Nobody's position: what stands there was put there by us.
_ANYWHERE: Vector = (0.0625, -0.0625, 0.03125)
_ANYWHERE_ELEMENT = RawDataElement(
    tags.tag("ImagePositionPatient"), "DS", 22, b"0.0625\\-0.0625\\0.03125", 0, False, True
)

# Which are alike from slice to slice; where a slice lies is not.
_values = recalled_when_classic(frame_values)
_shutter = recalled_when_classic(frame_shutter)


def frames_of(dataset: Dataset, modality: str, pixels: PixelFormat, size_bytes: int) -> tuple[Frame, ...]:
    """All frames of a header; the tiles of a mosaic, if they can be placed, count as frames.

    Raises:
        Unreadable: more frames than anybody could hold, or than the file has bytes.
    """
    groups = Groups(dataset)
    count = _frame_count(dataset, size_bytes)
    if count is None:
        only = _FrameReader(groups, modality, pixels).frame(1)
        return (replace(only, doubts=(*only.doubts, "Its number of frames is not usable; it is read as one image.")),)
    if count == 1 and mosaic.is_mosaic(groups):
        return _mosaic_frames(groups, modality, pixels)
    if count == 1 and groups.is_classic:
        return (_slice(groups, modality, pixels),)
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


def _slice(groups: Groups, modality: str, pixels: PixelFormat) -> Frame:
    """The frame of a classic image: but for position, values and counters it is that of its neighbours."""
    position = right_position(groups.dataset)
    if position is None:
        return _FrameReader(groups, modality, pixels).frame(1)
    shared = _anywhere(groups.dataset, modality, pixels)
    plane = replace(shared.plane, origin=position) if shared.plane.origin == _ANYWHERE else shared.plane
    dimensions = (*shared.dimensions, *counters(groups)) if plane.located else ()
    return _filled(shared, plane, _values(groups, 1, modality, pixels), dimensions)


def _at_anywhere(dataset: Dataset, modality: str, pixels: PixelFormat) -> Frame:
    groups = Groups(dataset)
    placed = _FrameReader(groups, modality, pixels).placed(1)
    return replace(placed, dimensions=series_dimensions(groups))


_anywhere = recalled(_at_anywhere, instead=_ANYWHERE_ELEMENT)


class _FrameReader:
    """Reads the frames of one header."""

    def __init__(self, groups: Groups, modality: str, pixels: PixelFormat) -> None:
        self._groups, self._modality, self._pixels = groups, modality, pixels
        self._dimensions = FrameDimensions(groups)
        self._regions = Regions(groups) if is_ultrasound(groups.dataset, modality) else None

    def frame(self, number: int) -> Frame:
        """Frame `number`, from 1."""
        placed = self.placed(number)
        dimensions = self._dimensions.of(number) if placed.plane.located else ()
        return _filled(placed, placed.plane, _values(self._groups, number, self._modality, self._pixels), dimensions)

    def placed(self, number: int) -> Frame:
        """Frame `number` without values and dimensions."""
        plane, plane_doubts = frame_plane(self._groups, number, self._modality)
        regions, region_doubts = self._regions.of_frame(number) if self._regions else ((), ())
        orientation, orientation_doubts = frame_orientation(self._groups, number, plane)
        return Frame(
            number=number,
            plane=plane,
            doubts=(*region_doubts, *plane_doubts, *orientation_doubts),
            shutter=_shutter(self._groups, number),
            orientation=orientation,
            regions=regions,
            has_square_pixels=has_square_pixels(self._groups, number),
            pixel_aspect=pixel_aspect(self._groups),
        )


def _filled(placed: Frame, plane: Plane, values: FrameValues, dimensions: Dimensions) -> Frame:
    return Frame(
        number=placed.number,
        plane=plane,
        rescale=values.rescale,
        windows=values.windows,
        doubts=(*placed.doubts, *values.doubts),
        shutter=placed.shutter,
        orientation=placed.orientation,
        regions=placed.regions,
        pixel_aspect=placed.pixel_aspect,
        notes=values.notes,
        dimensions=dimensions,
        has_square_pixels=placed.has_square_pixels,
    )
