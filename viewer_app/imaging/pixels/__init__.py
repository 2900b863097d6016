"""Pixels: from a DICOM file to stored values, native or compressed, or a refusal in words."""

from viewer_app.imaging.pixels.door import FrameReader, read_frame, read_frames
from viewer_app.imaging.pixels.pool import WORKERS

__all__ = ["FrameReader", "read_frame", "read_frames", "shutdown"]


def shutdown() -> None:
    """End the decoding processes; at exit this happens by itself. The next frame starts new ones."""
    WORKERS.shutdown()
