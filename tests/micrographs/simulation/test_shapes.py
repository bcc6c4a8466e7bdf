from functools import cache

import numpy as np
import pytest
from scipy import ndimage
from scipy.spatial.transform import Rotation

from pusklearn.micrographs.simulation._check_settings import NEAREST
from pusklearn.micrographs.simulation._particle import Particle
from pusklearn.micrographs.simulation._shapes import SHAPES, draw_cloud

TOP = Rotation.identity(1)
SIDE = Rotation.from_rotvec([[np.pi / 2, 0, 0]])
SEEDS = range(6)


@cache
def particle(shape, symmetry, seed, diameter=40):
    return Particle.random(shape, diameter, symmetry, np.random.default_rng(seed))


def density(particle, points):
    """Density of the cloud at points (n, 3), from the formula of a Gaussian."""
    steps = points[:, None] - particle.positions
    squares = (steps**2).sum(axis=2) / particle.sigma**2
    scale = (2 * np.pi) ** 1.5 * particle.sigma**3
    return np.exp(-squares / 2) @ particle.weights / scale


def on_sphere(n=200):
    points = np.random.default_rng(0).standard_normal((n, 3))
    return points / np.linalg.norm(points, axis=1, keepdims=True)


def spreads(particle):
    """Standard deviations of the mass along x, y and z."""
    return np.sqrt(
        particle.weights @ particle.positions**2 / particle.weights.sum()
        + particle.sigma**2
    )


def slow_orbits(draw, symmetry, n_orbits):
    """The farthest of twelve candidates for each orbit, one distance at a time."""
    group = Rotation.create_group(symmetry)
    cloud = []
    for k in range(n_orbits):
        gaps = []
        candidates = draw(12, k / n_orbits, (k + 1) / n_orbits)
        for point in candidates:
            others = [*group.apply(point)[1:], *cloud]
            gaps.append(min([np.linalg.norm(point - o) for o in others], default=9e9))
        cloud.extend(group.apply(candidates[np.argmax(gaps)]))
    return np.array(cloud)


@pytest.mark.parametrize("symmetry", ["C1", "D2", "O"])
def test_globular_clouds_are_those_of_their_formula(symmetry):
    found, masses = draw_cloud("globular", symmetry, np.random.default_rng(5))
    rng = np.random.default_rng(5)
    width = 1.0 if symmetry == "O" else rng.uniform(0.65, 1.0)

    def draw(n, start, stop):
        points = rng.standard_normal((n, 3))
        points /= np.sqrt((points**2).sum(axis=1))[:, None]
        return points * np.cbrt(rng.uniform(size=(n, 1))) * [width, width, 1]

    n_unit = {"C1": 64, "D2": 16, "O": 4}[symmetry]
    np.testing.assert_allclose(found, slow_orbits(draw, symmetry, n_unit), atol=1e-9)
    expected = np.repeat(rng.uniform(0.5, 1.5, n_unit), len(found) // n_unit)
    np.testing.assert_array_equal(masses, expected)


@pytest.mark.parametrize(
    ("symmetry", "bends"), [("C1", (0.1, 0.3)), ("C3", (0.05, 0.15))]
)
def test_thin_clouds_are_those_of_their_formula(symmetry, bends):
    found, masses = draw_cloud("thin", symmetry, np.random.default_rng(6))
    rng = np.random.default_rng(6)
    bend = rng.uniform(*bends)

    def draw(n, start, stop):
        z = rng.uniform(2 * start - 1, 2 * stop - 1, n)
        x, y = rng.uniform(-0.15, 0.15, (2, n))
        return np.transpose([x + bend * (1 - z * z), y, z])

    n_unit = {"C1": 64, "C3": 22}[symmetry]
    np.testing.assert_allclose(found, slow_orbits(draw, symmetry, n_unit), atol=1e-9)
    expected = np.repeat(rng.uniform(0.5, 1.5, n_unit), len(found) // n_unit)
    np.testing.assert_array_equal(masses, expected)


def test_every_shape_has_a_least_distance():
    assert list(SHAPES) == list(NEAREST)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_cloud_is_drawn_anew_and_has_a_few_hundred_blobs(shape):
    one, two = (particle(shape, "C1", seed) for seed in (0, 1))
    assert 60 <= len(one.weights) <= 260
    assert len(particle(shape, "D20", 0).weights) <= 400
    assert np.abs(one.positions[:60] - two.positions[:60]).max() > 1
    assert (one.weights > 0).all()


@pytest.mark.parametrize("shape", ["thin", "torus", "membrane", "elongated", "flat"])
@pytest.mark.parametrize("symmetry", ["T", "O", "I"])
def test_a_shape_with_one_axis_is_refused_a_group_with_several(shape, symmetry):
    message = f"shape '{shape}' has one .*`symmetry` must be Cn or Dn. Got '{symmetry}'"
    with pytest.raises(ValueError, match=message):
        draw_cloud(shape, symmetry, np.random.default_rng(0))


@pytest.mark.parametrize("symmetry", ["C1", "D3", "O", "I"])
def test_a_shell_is_hollow_and_closed(symmetry):
    walls = []
    for seed in SEEDS:
        shell = particle("shell", symmetry, seed)
        radii = np.arange(21)
        densities = [density(shell, r * on_sphere()) for r in radii]
        profile = np.mean(densities, axis=1)
        peak = radii[np.argmax(profile)]
        assert 11 < peak < 19
        assert profile[:5].max() < 0.15 * profile.max()
        walls.append(np.sum(profile > 0.5 * profile.max()))
        # Matter lies in each direction: the wall has no large hole.
        thickness = np.sum(densities, axis=0)
        assert np.quantile(thickness, 0.02) > 0.1 * thickness.mean()
    assert len(set(walls)) > 1


@pytest.mark.parametrize("symmetry", ["C1", "C6", "D7"])
def test_a_torus_has_a_hole_in_its_top_view_alone(symmetry):
    for seed in SEEDS:
        torus = particle("torus", symmetry, seed)
        middle = torus.half
        [top] = torus.project(TOP)
        assert top[middle, middle] < 0.1 * top.max()
        y, x = np.indices(top.shape) - middle
        radius, angle = np.hypot(x, y), np.arctan2(y, x)
        sectors = ndimage.sum(top, np.floor(angle / (np.pi / 4)), np.arange(-4, 4))
        assert sectors.min() > 0.3 * sectors.mean()
        assert radius.flat[top.argmax()] > 8
        [side] = torus.project(SIDE)
        assert side[middle - 2 : middle + 3, middle].max() > 0.2 * side.max()


def test_a_torus_is_one_ring_or_a_stack_of_them():
    flatness = [
        spread[2] / spread[0]
        for spread in (spreads(particle("torus", "C7", seed)) for seed in range(30))
    ]
    assert min(flatness) < 0.4
    assert max(flatness) > 0.9


@pytest.mark.parametrize("symmetry", ["C1", "C3", "D2", "O"])
def test_a_multi_domain_particle_is_connected_and_not_a_ball(symmetry):
    grid = np.mgrid[-20:21:2, -20:21:2, -20:21:2]
    points = grid.reshape(3, -1).T
    filled = []
    for seed in range(3):
        lobes = particle("multi-domain", symmetry, seed)
        solid = density(lobes, points).reshape(grid[0].shape)
        _, n_parts = ndimage.label(solid > 0.15 * np.quantile(solid, 0.99))
        assert n_parts == 1
        filled.append(np.mean(solid > 0.3 * np.quantile(solid, 0.99)))
    # A ball of the same reach fills about a third of its box.
    assert max(filled) < 0.2


@pytest.mark.parametrize("symmetry", ["C1", "C4", "D2"])
def test_a_membrane_protein_stands_out_of_a_round_light_disc(symmetry):
    for seed in SEEDS:
        cloud, masses = draw_cloud("membrane", symmetry, np.random.default_rng(seed))
        in_disc = masses == masses[-1]
        disc, protein = cloud[in_disc], cloud[~in_disc]
        assert 20 < in_disc.sum() < 180
        assert masses[-1] <= 0.8 * np.mean(masses[~in_disc])
        # The disc is round: it reaches equally far into each of six sectors.
        radius, angle = np.hypot(*disc.T[:2]), np.arctan2(*disc.T[:2])
        reach = ndimage.maximum(radius, np.floor(angle / (np.pi / 3)), np.arange(-3, 3))
        assert reach.min() > 0.8
        assert reach.max() <= 1
        # It lies flat around the protein, which stands out of both faces.
        assert np.abs(disc[:, 2]).max() < 0.45
        assert np.hypot(*protein[np.abs(protein[:, 2]) < 0.2].T[:2]).max() < 1.2
        assert protein[:, 2].min() < disc[:, 2].min()
        assert protein[:, 2].max() > disc[:, 2].max() + 0.1


def test_top_views_and_side_views_of_a_membrane_protein_differ():
    for seed in SEEDS:
        membrane = particle("membrane", "C4", seed)
        tops, sides = (
            membrane.project(
                view * Rotation.from_rotvec(np.outer([0, 0.4, 0.8], [0, 0, 1]))
            )
            for view in (TOP, SIDE)
        )
        within = max(np.abs(v - v[0]).mean() for v in (tops, sides))
        assert np.abs(tops[0] - sides[0]).mean() > 1.5 * within


@pytest.mark.parametrize("symmetry", ["C1", "D2", "C5"])
def test_elongated_and_flat_bodies_have_their_proportions(symmetry):
    aspects = {"elongated": [], "flat": []}
    for seed in range(10):
        x, y, z = spreads(particle("elongated", symmetry, seed))
        aspects["elongated"].append(z / np.sqrt(x * y))
        x, y, z = spreads(particle("flat", symmetry, seed))
        assert 0.6 < x / y < 1.6
        aspects["flat"].append(np.sqrt(x * y) / z)
    for found in aspects.values():
        assert 1.4 < min(found) < 2.2
        assert 2.2 < max(found) < 4


def test_an_elongated_body_is_thicker_than_a_thin_one():
    thin, elongated = (
        [spreads(particle(shape, "C3", seed)) for seed in range(10)]
        for shape in ("thin", "elongated")
    )
    ratios = [np.mean([x / z for x, _, z in found]) for found in (thin, elongated)]
    assert ratios[1] > 1.1 * ratios[0]


@pytest.mark.parametrize("shape", [s for s in SHAPES if s not in ("globular", "thin")])
def test_a_body_has_domains_of_different_density(shape):
    one = particle(shape, "C1", 0)
    protein = one.weights != one.weights[-1]
    inner = density(one, one.positions[protein])
    assert 0.15 < inner.std() / inner.mean() < 0.8


def test_copies_that_meet_on_an_axis_are_not_denser_than_the_rest():
    for seed in SEEDS:
        lobes = particle("multi-domain", "I", seed)
        [middle] = density(lobes, np.zeros((1, 3)))
        assert middle < 3 * np.median(density(lobes, lobes.positions))
