import numpy as np
import pytest
from scipy import ndimage
from scipy.spatial.transform import Rotation

from pusklearn.micrographs.simulation._particle import Particle
from pusklearn.micrographs.simulation._shapes import SHAPES


def rotation(axis, angle):
    return Rotation.from_rotvec(np.multiply(axis, angle) / np.linalg.norm(axis))


Z, X, DIAGONAL = (0, 0, 1), (1, 0, 0), (1, 1, 1)


# Rotations that generate a point group, and one that does not belong to it.
GENERATORS = {
    "C4": ([rotation(Z, np.pi / 2)], rotation(X, np.pi)),
    "D2": ([rotation(Z, np.pi), rotation(X, np.pi)], rotation(Z, np.pi / 2)),
    "D7": ([rotation(Z, 2 * np.pi / 7)], rotation(Z, np.pi / 7)),
    "T": ([rotation(Z, np.pi), rotation(DIAGONAL, 2 * np.pi / 3)], rotation(Z, 1)),
    "O": ([rotation(Z, np.pi / 2), rotation(X, np.pi / 2)], rotation(Z, np.pi / 4)),
    "I": ([rotation(Z, np.pi), rotation(DIAGONAL, 2 * np.pi / 3)], rotation(Z, 1)),
}
OF_SEVERAL_AXES = ["globular", "shell", "multi-domain"]


@pytest.mark.parametrize(
    ("shape", "symmetry"),
    [
        (shape, symmetry)
        for shape in SHAPES
        for symmetry in GENERATORS
        if symmetry in ("C4", "D2", "D7") or shape in OF_SEVERAL_AXES
    ],
)
def test_views_are_the_same_after_a_rotation_of_the_point_group(shape, symmetry):
    generators, not_a_symmetry = GENERATORS[symmetry]
    rng = np.random.default_rng(0)
    particle = Particle.random(shape, 24, symmetry, rng)
    views = Rotation.random(4, rng)
    expected = particle.project(views)
    for generator in generators:
        np.testing.assert_allclose(
            particle.project(views * generator), expected, atol=1e-4
        )
    # A rod of seven-fold symmetry is almost round.
    rod = shape in ("thin", "elongated") and symmetry == "D7"
    least = 1e-3 if rod else 0.02
    assert np.abs(particle.project(views * not_a_symmetry) - expected).max() > least


@pytest.mark.parametrize("symmetry", ["C1", "C3", "D1"])
@pytest.mark.parametrize("shape", SHAPES)
def test_a_projection_has_its_centre_of_mass_at_the_offset(shape, symmetry):
    rng = np.random.default_rng(1)
    particle = Particle.random(shape, 20.5, symmetry, rng)
    offsets = [[0, 0], [0.3, -0.4], [-0.5, 0.1]]
    views = particle.project(Rotation.random(3, rng), offsets)
    for view, (x, y) in zip(views, offsets, strict=True):
        centre = np.subtract(ndimage.center_of_mass(view), particle.half)
        np.testing.assert_allclose(centre, [y, x], atol=0.01)
        assert view.sum() == pytest.approx(particle.weights.sum(), rel=1e-3)


def test_a_projection_is_the_sum_along_z_of_the_rotated_blobs():
    rng = np.random.default_rng(2)
    particle = Particle.random("thin", 16, "C1", rng)
    rotation = Rotation.random(1, rng)
    y, x = np.mgrid[
        -particle.half : particle.half + 1, -particle.half : particle.half + 1
    ]
    expected = np.zeros(x.shape)
    for point, weight in zip(particle.positions, particle.weights, strict=True):
        px, py, _ = rotation.apply(point)[0]
        blob = np.exp(-((x - px) ** 2 + (y - py) ** 2) / (2 * particle.sigma**2))
        expected += weight * blob / (2 * np.pi * particle.sigma**2)
    np.testing.assert_allclose(particle.project(rotation)[0], expected, atol=1e-5)


@pytest.mark.parametrize("symmetry", ["C1", "C2", "D2", "D7"])
@pytest.mark.parametrize("seed", range(3))
def test_a_thin_particle_is_long_and_a_globular_one_is_not(symmetry, seed):
    for shape, (least, most) in {"thin": (2.5, 10), "globular": (1, 2)}.items():
        particle = Particle.random(shape, 24, symmetry, np.random.default_rng(seed))
        spread = np.sqrt(np.linalg.eigvalsh(np.cov(particle.positions.T)))
        assert least < spread[2] / spread[1] < most
        reach = np.linalg.norm(particle.positions, axis=1).max() + 2 * particle.sigma
        assert reach == pytest.approx(12)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("symmetry", ["C1", "D7"])
def test_every_blob_lies_in_the_sphere_and_the_farthest_touches_it(shape, symmetry):
    particle = Particle.random(shape, 30, symmetry, np.random.default_rng(3))
    reach = np.linalg.norm(particle.positions, axis=1).max() + 2 * particle.sigma
    assert reach == pytest.approx(15)
    assert 0.05 <= particle.sigma / 30 <= 0.07


def test_the_kind_of_views_leaves_the_cloud_as_it_is():
    uniform, preferred = (
        Particle.random("torus", 24, "C6", np.random.default_rng(0), views)
        for views in ("uniform", "preferred")
    )
    np.testing.assert_array_equal(uniform.positions, preferred.positions)
    np.testing.assert_array_equal(uniform.weights, preferred.weights)
    same, other = (p.views(3, np.random.default_rng(1)) for p in (uniform, preferred))
    expected = Rotation.random(3, np.random.default_rng(1)).as_matrix()
    np.testing.assert_array_equal(same.as_matrix(), expected)
    assert np.abs(other.as_matrix() - expected).max() > 0.1
