"""Pixels: from a DICOM file to stored values, native or compressed, or a refusal in words."""

from viewer_app.imaging.pixels.door import FrameReader, read_frame, read_frames

__all__ = ["FrameReader", "read_frame", "read_frames"]
