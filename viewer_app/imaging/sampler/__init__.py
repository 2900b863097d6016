"""The one sampler of views: slices and planes through volumes, as pictures of the size of the screen.

It needs no Qt. A measurement never takes its numbers from a picture; on a reconstructed plane, which has no pixels
of its own, it takes them from `plane_image`. `warm_up` compiles the fast kernels; before,
and where numba is missing, plain numpy draws the same pictures.
"""

from viewer_app.imaging.sampler.engine import warm_up
from viewer_app.imaging.sampler.greys import is_monochrome1
from viewer_app.imaging.sampler.grid import Grid
from viewer_app.imaging.sampler.plane_image import plane_image, sample_ahead, samples_missing
from viewer_app.imaging.sampler.planes import cut_picture, cut_values, value_at
from viewer_app.imaging.sampler.slices import slice_picture

__all__ = [
    "Grid",
    "cut_picture",
    "cut_values",
    "is_monochrome1",
    "plane_image",
    "sample_ahead",
    "samples_missing",
    "slice_picture",
    "value_at",
    "warm_up",
]
