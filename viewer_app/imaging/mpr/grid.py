"""The voxels of a volume as an even grid in patient space: its box, and what lies in it (C10, C13)."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from viewer_app.imaging.geometry import Floats, Vector, vector
from viewer_app.imaging.stacks import Stack

# A grid axis that grows along a direction by less than this share of a voxel lies across it.
_ACROSS = 1e-9


@dataclass(frozen=True)
class Grid:
    """Voxel centres at `origin + slice * steps[0] + row * steps[1] + column * steps[2]`, patient LPS mm.

    `shape` counts slices, rows and columns. The steps need not be at right
    angles: a tilted gantry shears the grid, and nothing is lost by it (C13).
    """

    origin: Vector
    steps: tuple[Vector, Vector, Vector]
    shape: tuple[int, int, int]
    frame_of_reference_uid: str = ""

    @classmethod
    def of(cls, stack: Stack) -> Grid:
        """The voxels of a stack; it means nothing where `why_no_mpr(stack)` has something to say."""
        affine, pixels = stack.affine, stack.images[0].instance.pixel_format
        assert pixels is not None
        slice_step, row_step, column_step = (vector(affine[:3, axis]) for axis in range(3))
        return cls(
            vector(affine[:3, 3]),
            (slice_step, row_step, column_step),
            (len(stack.images), pixels.rows, pixels.columns),
            stack.images[0].plane.frame_of_reference_uid,
        )

    @cached_property
    def affine(self) -> Floats:
        """(4, 4): index (slice, row, column, 1) to patient mm."""
        matrix = np.eye(4)
        matrix[:3, :3] = np.transpose(self.steps)
        matrix[:3, 3] = self.origin
        return matrix

    @property
    def normal(self) -> Vector:
        """Unit vector across the acquired images, row x column as `Plane.normal`."""
        across = np.cross(self.steps[2], self.steps[1])
        return vector(across / np.linalg.norm(across))

    @property
    def last(self) -> Floats:
        """(3,): the index of the last voxel."""
        return np.array(self.shape, dtype=np.float64) - 1.0

    @property
    def middle(self) -> Vector:
        """The centre of the voxel in the middle: what is acquired there is seen as it was acquired."""
        return self.place(np.floor_divide(self.shape, 2))

    @property
    def centre(self) -> Vector:
        """The centre of the box; it may lie between voxels."""
        return self.place(self.last / 2)

    @property
    def smallest_edge_mm(self) -> float:
        """The shortest edge of a voxel."""
        return float(np.linalg.norm(self.steps, axis=1).min())

    def place(self, index: ArrayLike) -> Vector:
        """The patient point of an index (slice, row, column), which may be fractional."""
        return vector(self.affine[:3, :3] @ np.asarray(index, dtype=np.float64) + self.affine[:3, 3])

    def index(self, point: Vector) -> Floats:
        """(3,): the fractional (slice, row, column) of a patient point."""
        found = np.linalg.solve(self.affine[:3, :3], np.subtract(point, self.origin))
        return np.asarray(found, dtype=np.float64)

    def corners(self) -> Floats:
        """(8, 3): the outer corners of the box, half a voxel beyond the centres of the outermost voxels."""
        ends = itertools.product(*((-0.5, size - 0.5) for size in self.shape))
        return np.array([self.place(end) for end in ends])

    def span(self, direction: Vector) -> tuple[float, float]:
        """Between which heights along a unit vector (`point @ direction`) the voxel centres lie, in mm."""
        low, high = self._ends(direction)
        return float(np.dot(self.place(low), direction)), float(np.dot(self.place(high), direction))

    def thickness_mm(self, direction: Vector) -> float:
        """How thick the box of whole voxels is along a unit vector."""
        return float(np.ptp(self.corners() @ np.asarray(direction)))

    def voxel_mm(self, direction: Vector) -> float:
        """How far a voxel goes along a unit vector: between images their distance, in an image the pixel's size.

        In between, the radius of the ellipsoid with these axes; of cubes, their edge in every direction.
        """
        normal, (slice_step, row_step, column_step) = self.normal, self.steps
        axes: Floats = np.array([normal, np.cross(normal, column_step), column_step], dtype=np.float64)
        axes /= np.linalg.norm(axes, axis=1, keepdims=True)
        sizes = np.abs(np.sum(axes * np.array([slice_step, row_step, column_step]), axis=1))
        return float(1.0 / np.linalg.norm(axes @ np.asarray(direction) / sizes))

    def nearest(self, point: Vector) -> Vector:
        """The point itself where it lies between voxel centres, else the end of the grid beside it."""
        index = self.index(point)
        clipped = np.clip(index, 0.0, self.last)
        return point if np.allclose(index, clipped, rtol=0, atol=1e-9) else self.place(clipped)

    def nearest_across(self, point: Vector, normal: Vector) -> Vector:
        """As `nearest`, but without leaving the plane through `point` across `normal`, unless that misses the grid.

        A point outside is drawn towards the middle of what the plane cuts out of the box.
        """
        if self.nearest(point) is point:
            return point
        inside, towards = self._midst(point, normal), self.index(point)
        way = towards - inside
        with np.errstate(divide="ignore", invalid="ignore"):
            shares = np.where(way > 0, (self.last - inside) / way, np.where(way < 0, -inside / way, 1.0))
        return self.place(inside + way * np.clip(shares.min(), 0.0, 1.0))

    def _midst(self, point: Vector, normal: Vector) -> Floats:
        """Index of a point in the box at the height of `point`: on the line from its lowest place to its highest."""
        low, high = self._ends(normal)
        bottom, top = self.span(normal)
        share = (np.dot(point, normal) - bottom) / (top - bottom) if top > bottom else 0.5
        found: Floats = low + (high - low) * np.clip(share, 0.0, 1.0)
        return found

    def _ends(self, direction: Vector) -> tuple[Floats, Floats]:
        """Indices of the lowest and the highest voxel centre along a direction; the middle of all that are so."""
        growth = np.asarray(self.steps) @ np.asarray(direction)
        across = np.abs(growth) <= _ACROSS * np.linalg.norm(self.steps, axis=1)
        high = np.where(across, self.last / 2, np.where(growth > 0, self.last, 0.0))
        return self.last - high, high
