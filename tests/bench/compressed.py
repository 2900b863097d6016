"""Decoding a compressed series: our way from files to a volume, against the decoder alone on one core."""

from __future__ import annotations

from functools import partial

from pydicom import dcmread
from pydicom.encaps import get_frame

from tests.bench import series
from tests.bench.harness import Result, interleaved_medians
from tests.imaging.pixels.encoders import J2K, JPEG_LS, RLE, SV1
from tests.imaging.pixels.records import pixel_format
from viewer_app.imaging.pixels.codecs import CODECS
from viewer_app.imaging.volume import Volume
from viewer_app.imaging.volume_memory import volume_bytes
from viewer_app.progress import Watch
from viewer_app.sources.loading import load

_ROUNDS = 9


def spread(syntax: str) -> Result:
    """All slices into a volume, their headers read before and the decoding processes running."""
    folder = series.compressed(syntax)
    source, stack = series.opened(folder)
    frames = [get_frame(dcmread(file).PixelData, 0, number_of_frames=1) for file in series.files(folder)]
    codec, pixels = CODECS[syntax], pixel_format(series.SIZE, series.SIZE)

    def ours() -> None:
        filled = Volume(stack)
        load(source, filled, Watch())
        assert filled.is_complete

    def decoder_alone() -> None:
        for frame in frames:
            codec.decode(frame, pixels)

    mine, its = interleaved_medians(ours, decoder_alone, _ROUNDS, volume_bytes(stack))
    size = f"{series.COMPRESSED_SLICES} x {series.SIZE} x {series.SIZE} {codec.name}"
    return Result(f"{size} in {mine:.2f} s", f"the decoder alone {its:.2f} s", mine / its, 0.65)


BENCHMARKS = {
    f"compressed-{name}": partial(spread, syntax)
    for name, syntax in {"jpeg-lossless": SV1, "jpeg-ls": JPEG_LS, "j2k": J2K, "rle": RLE}.items()
}
