"""What `viewer-app info` says of the images of a stack beside their geometry, as plain JSON values."""

from __future__ import annotations

from typing import Any

from viewer_app.imaging.headers import Cine, Suv
from viewer_app.imaging.places.regions import Region
from viewer_app.imaging.stacks import Stack

Facts = dict[str, Any]


def image_facts(stack: Stack) -> Facts:
    """SUV, ultrasound regions, overlay groups, shutters and timing: each that occurs once, in the order of the images.

    `suv` is None where no image is one of PET; its factor is None where images differ or it is not proven.
    """
    frames = [image.frame for image in stack.images]
    instances = [image.instance for image in stack.images]
    shutters = (frame.shutter.shapes for frame in frames if frame.shutter is not None)
    return {
        "suv": _suv([frame.rescale.suv for frame in frames if frame.rescale.suv is not None]),
        "regions": [_region(region) for region in dict.fromkeys(one for frame in frames for one in frame.regions)],
        "overlay_groups": sorted({f"{group:04X}" for instance in instances for group in instance.overlay_groups}),
        "shutters": sorted({kind for shapes in shutters for kind, _ in shapes}),
        "cine": [_cine(cine) for cine in dict.fromkeys(instance.cine for instance in instances) if cine is not None],
    }


def _suv(found: list[Suv]) -> Facts | None:
    if not found:
        return None
    factors = {suv.factor for suv in found}
    return {
        "factor": factors.pop() if len(factors) == 1 else None,
        "reasons": list(dict.fromkeys(suv.reason for suv in found)),
    }


def _region(region: Region) -> Facts:
    return {
        "box": list(region.box),
        "spatial_format": region.spatial_format,
        "is_low_priority": region.is_low_priority,
        "pixel_spacing": None if region.spacing is None else list(region.spacing),
    }


def _cine(cine: Cine) -> Facts:
    return {
        "interval_ms": cine.interval_ms,
        "times_ms": list(cine.times_ms),
        "display_rate": cine.display_rate,
    }
