import numpy as np
import pytest
from scipy.spatial.distance import pdist

from pusklearn.micrographs.simulation._particle import Particle
from pusklearn.micrographs.simulation._scene import Scene


def test_the_image_lies_a_margin_of_one_and_a_quarter_diameters_inside_the_field():
    scene = Scene((40, 60), 10)
    assert scene.margin == 13
    assert all(
        field >= side + 26
        for field, side in zip(scene.free.shape, (40, 60), strict=True)
    )
    rows, columns = np.nonzero(scene.within)
    assert (rows.min(), rows.max()) == (13, 52)
    assert (columns.min(), columns.max()) == (13, 72)
    assert scene.n_free == scene.within.sum() == 40 * 60


def test_a_window_has_all_pixels_within_its_radius_at_their_offsets():
    scene = Scene((40, 60), 10)
    slices, dx, dy = scene.window(20.3, 5.6, 4)
    rows, columns = np.indices(scene.free.shape) - scene.margin
    expected = np.hypot(columns - 20.3, rows - 5.6)
    np.testing.assert_allclose(np.hypot(dx, dy), expected[slices])
    outside = np.ones(scene.free.shape, bool)
    outside[slices] = False
    assert expected[outside].min() > 4


def test_a_window_at_the_corner_of_the_field_ends_there():
    scene = Scene((40, 60), 10)
    slices, dx, dy = scene.window(-13, -13, 3)
    assert [(part.start, part.stop) for part in slices] == [(0, 4), (0, 4)]
    np.testing.assert_array_equal(dx, [0, 1, 2, 3])
    np.testing.assert_array_equal(dy.ravel(), [0, 1, 2, 3])


def test_pixels_are_reserved_all_or_none():
    scene = Scene((20, 20), 8)
    block = np.zeros(scene.free.shape, bool)
    scene.crop(block)[:5, :8] = True
    assert not scene.reserve(block, needed=361)
    assert scene.free.all()
    assert scene.reserve(block, needed=360)
    assert scene.n_free == 360
    assert not scene.free[block].any()
    assert scene.free[~block].all()
    overlapping = np.zeros_like(block)
    scene.crop(overlapping)[4:9, :8] = True
    assert not scene.reserve(overlapping)
    assert scene.n_free == 360
    assert scene.free[~block].all()


def test_reserved_pixels_of_the_margin_leave_the_image_as_free_as_it_was():
    scene = Scene((20, 20), 8)
    assert scene.reserve(~scene.within, needed=400)
    assert scene.n_free == 400


@pytest.mark.parametrize("outside", [False, True])
def test_darts_keep_their_distance_and_stay_on_their_side(outside):
    scene = Scene((50, 70), 12)
    rng = np.random.default_rng(0)
    centres = scene.throw_darts(1000, 9.5, rng, outside=outside)
    # Every free pixel was thrown: no further centre fits anywhere.
    assert 10 < len(centres) < 1000
    assert pdist(centres).min() >= 9.5
    assert len(scene.throw_darts(1, 9.5, rng, outside=outside)) == 0
    within = ((centres >= 0) & (centres <= [69, 49])).all(axis=1)
    if outside:
        # A centre lies anywhere in its pixel, so up to half a pixel within.
        assert ((centres <= 0.5) | (centres >= [68.5, 48.5])).any(axis=1).all()
    else:
        assert within.all()


def test_no_more_darts_than_asked_for_come_back():
    scene = Scene((50, 70), 12)
    centres = scene.throw_darts(3, 12, np.random.default_rng(0))
    assert centres.shape == (3, 2)
    assert Scene((50, 70), 12).throw_darts(0, 12, np.random.default_rng(0)).shape == (
        0,
        2,
    )


def test_solid_matter_adds_to_protein_but_not_in_stain():
    plain, stained = Scene((20, 20), 8), Scene((20, 20), 8, stained=True)
    window = (slice(2, 4), slice(3, 7))
    for scene in (plain, stained):
        scene.add_solid(np.full((2, 4), 1.5), window)
    assert (plain.density[window] == 1.5).all()
    assert plain.density.sum() == 12
    np.testing.assert_array_equal(stained.density, -plain.density)


def test_a_particle_across_the_border_of_the_field_is_cut_there():
    rng = np.random.default_rng(0)
    particle = Particle.random("globular", 12, "C1", rng)
    whole, cut = Scene((50, 50), 12), Scene((50, 50), 12)
    centre = np.array([[24.2, 25.4]])
    whole.add_particles(particle, centre, np.random.default_rng(1))
    shift = np.array([24 + whole.margin, 25 + whole.margin])
    cut.add_particles(particle, centre - shift, np.random.default_rng(1))
    half = particle.half
    expected = whole.density[shift[1] :, shift[0] :][: half + 1, : half + 1]
    np.testing.assert_array_equal(cut.density[: half + 1, : half + 1], expected)
    assert not cut.density[half + 1 :].any()
    assert not cut.density[:, half + 1 :].any()
