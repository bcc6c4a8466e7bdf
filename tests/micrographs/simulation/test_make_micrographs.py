import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage
from scipy.spatial import KDTree

from pusklearn import Micrograph
from pusklearn.datasets import make_micrographs

# Least distance of two centres, in diameters.
NEAREST = {
    "globular": 0.9,
    "thin": 0.75,
    "shell": 0.9,
    "torus": 0.85,
    "multi-domain": 0.8,
    "membrane": 0.85,
    "elongated": 0.75,
    "flat": 0.85,
}
# Particles alone: no noise, no contaminants, level ice.
CLEAN = {"snr": np.inf, "contamination": 0, "ice_gradient": 0}


def distance_to_nearest(shape, points):
    y, x = np.indices(shape)
    pixels = np.stack([x, y], axis=-1)
    return KDTree(points).query(pixels)[0]


def radial_power(images, n_bins=64):
    """Mean power in rings of spatial frequency, from 0 to 0.5 cycles a pixel."""
    power = np.mean([np.abs(np.fft.fft2(np.asarray(m, float))) ** 2 for m in images], 0)
    ky, kx = (np.fft.fftfreq(side) for side in power.shape)
    ring = (np.hypot(ky[:, None], kx) * 2 * n_bins).astype(int)
    return ndimage.mean(power / power.size, ring, np.arange(n_bins))


def test_each_micrograph_knows_its_name_pixel_size_and_scale():
    micrographs, coordinates = make_micrographs(
        2, size=64, pixel_size=3.5, random_state=0
    )
    assert [m.name for m in micrographs] == ["simulated_0000", "simulated_0001"]
    for micrograph, points in zip(micrographs, coordinates, strict=True):
        assert isinstance(micrograph, Micrograph)
        assert micrograph.dtype == np.float32
        assert micrograph.shape == (64, 64)
        assert (micrograph.pixel_size, micrograph.scale) == (3.5, 1.0)
        assert points.dtype == float
        assert points.shape[1] == 2


def test_a_default_micrograph_holds_twenty_to_thirty_particles():
    _, coordinates = make_micrographs(20, random_state=0)
    counts = [len(points) for points in coordinates]
    assert min(counts) >= 20
    assert max(counts) <= 30
    assert len(set(counts)) > 3


def test_the_same_seed_gives_the_same_bits_and_another_seed_does_not():
    one, _ = make_micrographs(1, size=64, random_state=3)
    same, _ = make_micrographs(1, size=64, random_state=np.random.RandomState(3))
    other, _ = make_micrographs(1, size=64, random_state=4)
    assert one[0].tobytes() == same[0].tobytes()
    assert not np.array_equal(one[0], other[0])


def test_more_micrographs_leave_the_earlier_ones_alone():
    few, few_points = make_micrographs(2, size=64, random_state=0)
    more, more_points = make_micrographs(4, size=64, random_state=0)
    for a, b in zip(few + few_points, more[:2] + more_points[:2], strict=True):
        np.testing.assert_array_equal(a, b)
    assert len({m.tobytes() for m in more}) == 4


@pytest.mark.parametrize("random_state", [None, 0])
def test_the_global_random_state_is_neither_read_nor_changed(random_state):
    before = np.random.get_state()  # noqa: NPY002
    first, _ = make_micrographs(1, size=64, random_state=random_state)
    after = np.random.get_state()  # noqa: NPY002
    np.testing.assert_array_equal(before[1], after[1])
    assert before[2:] == after[2:]
    second, _ = make_micrographs(1, size=64, random_state=random_state)
    assert np.array_equal(first[0], second[0]) == (random_state == 0)


@settings(max_examples=25, deadline=None)
@given(
    height=st.integers(48, 120),
    width=st.integers(48, 120),
    diameter=st.floats(8, 24),
    share=st.floats(0, 1),
    contamination=st.floats(0, 1),
    particle=st.sampled_from(list(NEAREST)),
    views=st.sampled_from(["uniform", "preferred"]),
    seed=st.integers(0, 2**32 - 1),
)
def test_centres_lie_inside_and_apart_in_the_number_asked_for(
    height, width, diameter, share, contamination, particle, views, seed
):
    apart = NEAREST[particle] * diameter
    n_particles = int(share * 0.45 * height * width / (np.pi / 4 * apart**2))
    [micrograph], [points] = make_micrographs(
        1,
        size=(height, width),
        n_particles=n_particles,
        particle=particle,
        views=views,
        diameter=diameter,
        contamination=contamination,
        random_state=seed,
    )
    assert micrograph.shape == (height, width)
    assert np.isfinite(micrograph).all()
    assert points.shape == (n_particles, 2)
    assert (points >= 0).all()
    assert (points <= [width - 1, height - 1]).all()
    if n_particles > 1:
        nearest = KDTree(points).query(points, k=2)[0][:, 1]
        assert nearest.min() >= apart


def test_a_lone_particle_has_its_centre_of_mass_at_the_truth():
    options = {"size": 160, "n_particles": 1, "diameter": 12, "symmetry": "C1", **CLEAN}
    images, coordinates = make_micrographs(20, random_state=0, **options)
    points = np.vstack(coordinates)
    central = (np.abs(points - 79.5) < 50).all(axis=1)
    assert central.sum() >= 5
    for image, (x, y) in zip(np.asarray(images)[central], points[central], strict=True):
        # The point spread is symmetric: it leaves the centre of mass where it is.
        centre = ndimage.center_of_mass(image.astype(float))
        np.testing.assert_allclose(centre, [y, x], atol=0.05)


@pytest.mark.parametrize("views", ["uniform", "preferred"])
@pytest.mark.parametrize("particle", list(NEAREST))
def test_without_contamination_there_is_signal_at_every_particle_and_nowhere_else(
    particle, views
):
    options = {"particle": particle, "views": views, "random_state": 0, **CLEAN}
    [image], [points] = make_micrographs(1, size=(96, 320), n_particles=12, **options)
    assert points[:, 0].max() > 96
    distance = distance_to_nearest(image.shape, points)
    assert np.std(image[distance > 24]) < 0.05
    for x, y in points.round().astype(int):
        crop = image[max(y - 6, 0) : y + 7, max(x - 6, 0) : x + 7]
        assert np.sqrt(np.mean(crop**2)) > 0.4


def test_contamination_adds_what_is_not_among_the_coordinates():
    options = {"size": 192, "n_particles": 10, "random_state": 1}
    images, coordinates = make_micrographs(8, **options, **CLEAN | {"contamination": 1})
    spread = [
        np.std(image[distance_to_nearest(image.shape, points) > 24])
        for image, points in zip(images, coordinates, strict=True)
    ]
    assert min(spread) > 0.1
    assert [len(points) for points in coordinates] == [10] * 8


def test_more_contamination_is_stronger_on_average():
    def disturbance(contamination):
        images, _ = make_micrographs(
            12,
            n_particles=0,
            random_state=0,
            **CLEAN | {"contamination": contamination},
        )
        return np.mean([np.std(image) for image in images])

    assert 0 == disturbance(0) < disturbance(0.1) < 0.5 * disturbance(1)


def test_the_mean_particle_is_dark_and_centred_on_the_truth():
    images, coordinates = make_micrographs(
        12, snr=5, contamination=0, ice_gradient=0, random_state=0
    )
    crops = []
    for image, points in zip(images, coordinates, strict=True):
        for x, y in points[((points > 30) & (points < 225)).all(axis=1)]:
            rows, columns = np.mgrid[-20:21, -20:21]
            crops.append(
                ndimage.map_coordinates(image, [rows + y, columns + x], order=1)
            )
    mean = np.mean(crops, axis=0)
    rows, columns = np.mgrid[-20:21, -20:21]
    radius = np.hypot(rows, columns)
    assert mean[radius < 10].mean() < np.median(mean[radius > 16]) - 0.5
    darkness = np.clip(-mean, 0, None) * (radius < 12)
    centre = [np.average(axis, weights=darkness) for axis in (columns, rows)]
    np.testing.assert_allclose(centre, 0, atol=0.25)


def test_the_ice_gradient_bounds_the_rise_of_the_background():
    images, _ = make_micrographs(
        10, size=64, n_particles=0, **CLEAN | {"ice_gradient": 3}, random_state=0
    )
    y, x = (side.ravel() for side in np.mgrid[-0.5:0.5:64j, -0.5:0.5:64j])
    plane = np.column_stack([x, y, np.ones_like(x)])
    rises = [
        np.hypot(*np.linalg.lstsq(plane, image.ravel(), rcond=None)[0][:2])
        for image in np.asarray(images)
    ]
    assert max(rises) <= 3
    assert max(rises) > 1.5
    assert np.ptp(rises) > 0.5


def test_the_particle_is_the_same_within_a_call_and_another_with_another_seed():
    options = {"n_particles": 60, "defocus": (2e4, 2e4), "symmetry": "O", **CLEAN}
    [a, b], _ = make_micrographs(2, random_state=0, **options)
    [c], _ = make_micrographs(1, random_state=1, **options)
    of_a, of_b, of_c = (radial_power([m], 24) for m in (a, b, c))
    assert np.abs(of_a - of_b).sum() < 0.5 * np.abs(of_a - of_c).sum()


def test_preferred_views_of_a_particle_resemble_each_other():
    alike = {"uniform": [], "preferred": []}
    for views, found in alike.items():
        for seed in range(12):
            options = {"particle": "flat", "symmetry": "C8", "views": views, **CLEAN}
            [image], [points] = make_micrographs(
                1, size=320, n_particles=30, random_state=seed, **options
            )
            inside = points[((points > 12) & (points < 307)).all(axis=1)]
            crops = [
                image[y - 8 : y + 9, x - 8 : x + 9]
                for x, y in inside.round().astype(int)
            ]
            # A view of a flat body is the darker, the more it is seen from its edge.
            found.append(np.std([crop.std() for crop in crops]))
    assert np.median(alike["preferred"]) < 0.8 * np.median(alike["uniform"])


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        (
            {"n_micrographs": 0},
            ValueError,
            r"`n_micrographs` must be an integer in \[1, inf\)\. Got 0",
        ),
        ({"n_micrographs": 1.5}, TypeError, "`n_micrographs` must be an integer"),
        ({"size": 47}, ValueError, "twice the diameter, 48 pixels. Got 47"),
        ({"size": (256, 47)}, ValueError, r"Got \(256, 47\)\."),
        ({"size": 64.0}, TypeError, "`size` must be an integer or a pair"),
        ({"size": (64, 64, 64)}, TypeError, "`size` must be an integer or a pair"),
        (
            {"particle": "round"},
            ValueError,
            "must be 'globular', 'thin', .* or 'flat'. Got 'round'",
        ),
        (
            {"views": "top"},
            ValueError,
            "`views` must be 'uniform' or 'preferred'. Got 'top'",
        ),
        (
            {"diameter": 7},
            ValueError,
            r"`diameter` must be a number in \[8, inf\)\. Got 7",
        ),
        ({"symmetry": "C0"}, ValueError, "`symmetry` must be Cn or Dn.* Got 'C0'"),
        ({"symmetry": "Q"}, ValueError, "`symmetry` must be Cn or Dn.* Got 'Q'"),
        ({"symmetry": "O", "particle": "thin"}, ValueError, "one long axis.* Got 'O'"),
        ({"symmetry": "I", "particle": "flat"}, ValueError, "one short axis.* Got 'I'"),
        ({"snr": 0}, ValueError, r"`snr` must be a number in \(0, inf\]\. Got 0"),
        (
            {"snr": np.nan},
            ValueError,
            r"`snr` must be a number in \(0, inf\]\. Got nan",
        ),
        ({"snr": "high"}, TypeError, "`snr` must be a number in .* Got 'high'"),
        ({"pixel_size": 0}, ValueError, r"`pixel_size` must be a number in \(0, inf\)"),
        ({"defocus": (2e4, 1e4)}, ValueError, "0 < low <= high, in angstrom"),
        ({"defocus": 2e4}, ValueError, "must be a pair .* Got 20000.0"),
        ({"ice_noise": 1.1}, ValueError, r"`ice_noise` must be a number in \[0, 1\]"),
        (
            {"ice_gradient": -1},
            ValueError,
            r"`ice_gradient` must be a number in \[0, inf\)",
        ),
        (
            {"contamination": 1.5},
            ValueError,
            r"`contamination` must be a number in \[0, 1\]",
        ),
        (
            {"n_particles": -1},
            ValueError,
            r"`n_particles` must be an integer in \[0, inf\)\. Got -1",
        ),
        ({"n_particles": 81}, ValueError, "`n_particles` must be at most 80.* Got 81"),
        ({"random_state": "seed"}, ValueError, "cannot be used to seed"),
    ],
)
def test_a_parameter_out_of_its_range_is_refused(options, error, message):
    with pytest.raises(error, match=message):
        make_micrographs(**{"n_micrographs": 1} | options)
