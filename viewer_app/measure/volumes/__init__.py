"""Volumes: regions of voxels and their edits, and three ways to a number (docs/measuring.md)."""

from viewer_app.measure.volumes.cleaning import (
    holes_filled,
    holes_filled_in_slices,
    island_at,
    largest_island,
    without_small_islands,
)
from viewer_app.measure.volumes.contours import Contours, contour_region, contour_volume
from viewer_app.measure.volumes.ellipsoid import ellipsoid_volume
from viewer_app.measure.volumes.ellipsoid_voxels import Body, body_of, body_region, voxels_about
from viewer_app.measure.volumes.growing import grow
from viewer_app.measure.volumes.measured import MeasuredVolume, Method, Side, in_millilitres, millilitres, side_by_side
from viewer_app.measure.volumes.places import voxel_at
from viewer_app.measure.volumes.serial import region_from_json, region_to_json
from viewer_app.measure.volumes.slabs import Slabs, slabs_of
from viewer_app.measure.volumes.strokes import ball_stroke, disc_stroke
from viewer_app.measure.volumes.values import ValueRange, keep_in_range
from viewer_app.measure.volumes.voxel_region import Index, StackGrid, VoxelRegion
from viewer_app.measure.volumes.voxels import PERCENTILES, VolumeStatistics, region_statistics, voxel_volume

__all__ = [
    "PERCENTILES",
    "Body",
    "Contours",
    "Index",
    "MeasuredVolume",
    "Method",
    "Side",
    "Slabs",
    "StackGrid",
    "ValueRange",
    "VolumeStatistics",
    "VoxelRegion",
    "ball_stroke",
    "body_of",
    "body_region",
    "contour_region",
    "contour_volume",
    "disc_stroke",
    "ellipsoid_volume",
    "grow",
    "holes_filled",
    "holes_filled_in_slices",
    "in_millilitres",
    "island_at",
    "keep_in_range",
    "largest_island",
    "millilitres",
    "region_from_json",
    "region_statistics",
    "region_to_json",
    "side_by_side",
    "slabs_of",
    "voxel_at",
    "voxel_volume",
    "voxels_about",
    "without_small_islands",
]
