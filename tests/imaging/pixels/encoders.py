"""The lossless encoders of the phantoms, under the names these tests use: what comes back is compared bit by bit."""

from viewer_app.phantom.encoders import (
    DEFLATED_FRAME,
    HTJ2K,
    HTJ2K_RPCL,
    J2K,
    JPEG_LS,
    LOSSLESS,
    LOSSLESS_ENCODERS,
    RLE,
    SV1,
)

ENCODERS = LOSSLESS_ENCODERS

__all__ = ["DEFLATED_FRAME", "ENCODERS", "HTJ2K", "HTJ2K_RPCL", "J2K", "JPEG_LS", "LOSSLESS", "RLE", "SV1"]
