"""Pixels: from a DICOM file to stored values, native or compressed, or a refusal in words."""

from viewer_app.imaging.headers import Instance
from viewer_app.imaging.pixels.codecs import CODECS
from viewer_app.imaging.pixels.door import FrameReader, read_frame, read_frames
from viewer_app.imaging.pixels.pool import WORKERS

__all__ = ["FrameReader", "read_frame", "read_frames", "shutdown", "warm_up"]


def shutdown() -> None:
    """End the decoding processes; at exit this happens by itself. The next frame starts new ones."""
    WORKERS.shutdown()


def warm_up(instance: Instance) -> None:
    """Start a decoding process in the background if `instance` will need one, so that nobody waits for its start."""
    if instance.pixel_format is not None and instance.transfer_syntax_uid in CODECS:
        WORKERS.warm_up()
