"""Pixels that outlive their study: one that is listed anew does not read again what it has."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from viewer_app.imaging.headers import Image
from viewer_app.imaging.volume import Volume
from viewer_app.session.layout import Layout


def with_windows_kept(layout: Layout, volumes: Iterable[Volume]) -> Layout:
    """`layout` with the automatic windows in force as chosen ones: with more images others would be measured."""
    held = {volume.stack.key: volume for volume in volumes}
    kept = {}
    for place, view in enumerate(layout.views):
        volume = held.get(view.stack_key)
        if view.window is None and volume is not None and volume.has(view.index):
            images = volume.stack.images
            if volume.stored_values.ndim == 3 and not any(image.frame.windows for image in images):
                kept[place] = replace(view, window=volume.default_window(view.index))
    return layout.with_views(kept)


class Carried:
    """The slices of volumes, for those that take their place. Images of the instances `changed` are left out."""

    def __init__(self, volumes: Iterable[Volume], changed: frozenset[str]) -> None:
        self._volumes = {volume.stack.key: volume for volume in volumes if not volume.is_mapped}
        self._changed = changed

    def fill(self, volume: Volume) -> None:
        """Put into `volume` what the one of its stack before it had; that one is let go."""
        before = self._volumes.pop(volume.stack.key, None)
        if before is None or before.stored_values.dtype != volume.stored_values.dtype:
            return
        places = {_identity(image): index for index, image in enumerate(before.stack.images)}
        for index, image in enumerate(volume.stack.images):
            old = places.get(_identity(image))
            if old is not None and before.has(old) and image.instance.locator not in self._changed:
                _copy(before, old, volume, index)


def _copy(before: Volume, old: int, volume: Volume, new: int) -> None:
    if before.stored_values.shape[1:] != volume.stored_values.shape[1:]:
        return
    volume.put(new, before.stored_values[old])
    if old in before.overlays:
        volume.overlays[new] = before.overlays[old]
    if old in before.doubts:
        volume.doubts[new] = before.doubts[old]


def _identity(image: Image) -> tuple[str, str, int]:
    return image.instance.locator, image.sop_instance_uid, image.frame.number
