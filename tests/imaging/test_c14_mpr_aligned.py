"""C14: three planes turned so that one of them is a plane that is asked for."""

from __future__ import annotations

import numpy as np

from tests.imaging.sampler.made import centre, volume_of
from tests.made import rotation
from viewer_app.imaging.cuts import Cut, SlabMode
from viewer_app.imaging.geometry import vector
from viewer_app.imaging.mpr import VoxelGrid, aligned, start_cuts, with_slab
from viewer_app.phantom.ramp import RAMPS, ramp


def test_the_nearest_becomes_it_and_the_others_are_at_right_angles() -> None:
    random = np.random.default_rng(8)
    for name in RAMPS:
        volume = volume_of(ramp(name).images)
        grid = VoxelGrid.of(volume.stack)
        cuts = with_slab(start_cuts(grid), 2, 3.0, SlabMode.MEAN, grid)
        for _ in range(20):
            row, column, _ = rotation(random)
            wanted = Cut(vector(centre(volume) + random.uniform(-1, 1, 3)), vector(row), vector(column), 5.0)
            found, which = aligned(cuts, wanted)
            assert found[which] == wanted
            assert {cut.point for cut in found} == {wanted.point}
            normals = np.array([cut.normal for cut in found])
            np.testing.assert_allclose(np.abs(normals @ normals.T), np.eye(3), atol=1e-12)
            nearness = [abs(float(np.dot(cut.normal, wanted.normal))) for cut in cuts]
            assert nearness[which] == max(nearness)
            slabs = [(cut.slab_mm, cut.slab_mode) for cut in cuts]
            kept = [(cut.slab_mm, cut.slab_mode) for cut in found]
            assert all(kept[other] == slabs[other] for other in range(3) if other != which)
