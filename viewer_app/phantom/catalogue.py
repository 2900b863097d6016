"""Every phantom by its name, ready to be written with `dicom.write_series`; docs/phantoms.md says what each is for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from pydicom.dataset import FileDataset

from viewer_app.phantom import blocks, positions, ramp, solids, steps, syntaxes
from viewer_app.phantom.pet import PET_CASES, PetCase
from viewer_app.phantom.projections import PROJECTIONS, Projection
from viewer_app.phantom.staircase import STAIRCASES, Staircase
from viewer_app.phantom.ultrasound import SCREENS, Screen

Make = Callable[[], Sequence[FileDataset]]


def _image(holder: Projection | PetCase | Staircase) -> Sequence[FileDataset]:
    return [holder.image]


def _screen(make: Callable[[], Screen]) -> Sequence[FileDataset]:
    return make().images


def _ramp(name: str) -> Sequence[FileDataset]:
    return ramp.ramp(name).images


def _position(position: str) -> Sequence[FileDataset]:
    return positions.in_position(positions.numbered_voxels(), position)


def _syntax(syntax: str) -> Sequence[FileDataset]:
    return [syntaxes.in_syntax(syntax)]


def _named(number: str, make: Callable[[str], Sequence[FileDataset]], names: Sequence[str]) -> dict[str, Make]:
    return {f"{number} {name}": partial(make, name) for name in names}


PHANTOMS: Mapping[str, Make] = {
    "P1 rods": blocks.ct_block,
    "P1 rods, half slope": partial(blocks.ct_block, slope=0.5, intercept=-500.0, name="block, half slope"),
    **_named("P2", solids.solid, tuple(solids.SOLIDS)),
    **_named("P3", _ramp, ramp.RAMPS),
    "P4 edge disc": solids.edge_disc,
    "P5 grid": blocks.grid,
    **_named("P5", _position, tuple(positions.POSITIONS)),
    **{f"P6 tilt {degrees:g}": partial(steps.tilted, degrees) for degrees in steps.TILTS_DEG},
    "P6 gap": steps.with_gap,
    "P6 jitter": partial(steps.with_jitter, 0.1),
    "P6 changing pitch": steps.with_changing_pitch,
    "P6 thick and overlapping": blocks.thick_and_overlapping,
    **{f"P7 {row.name}": partial(_image, row) for row in PROJECTIONS},
    **{f"P8 {name}": partial(_screen, make) for name, make in SCREENS.items()},
    **{f"P9 {case.name}": partial(_image, case) for case in PET_CASES},
    **{f"P10 {name}": partial(_image, stair) for name, stair in STAIRCASES.items()},
    "P11 left marker": blocks.left_marker,
    **_named("P12", _syntax, (*syntaxes.LOSSLESS_SYNTAXES, *syntaxes.LOSSY_SYNTAXES)),
}
