"""Pixels: from a DICOM file to stored values, native or compressed, or a refusal in words."""

from collections.abc import Iterable

from viewer_app.imaging.headers import Instance
from viewer_app.imaging.pixels.codecs import CODECS
from viewer_app.imaging.pixels.door import FrameReader, read_frame, read_frames
from viewer_app.imaging.pixels.pool import WORKERS

__all__ = ["FrameReader", "read_frame", "read_frames", "shutdown", "warm_up"]


def shutdown() -> None:
    """End the decoding processes; at exit this happens by itself. The next frame starts new ones."""
    WORKERS.shutdown()


def warm_up(instances: Iterable[Instance]) -> None:
    """Start a decoding process in the background if any of `instances` needs one: it takes a moment to start."""
    if any(instance.pixel_format is not None and instance.transfer_syntax_uid in CODECS for instance in instances):
        WORKERS.warm_up()
