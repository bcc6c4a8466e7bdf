"""Crowded micrographs, and what they show besides particles."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import KDTree
from scipy.spatial.distance import pdist

from pusklearn.datasets import make_micrographs

# Particles alone: no noise, no contaminants, level ice.
CLEAN = {"snr": np.inf, "contamination": 0, "ice_gradient": 0}
ALL_KINDS = (
    *("carbon", "gold", "hole", "ice", "aggregate"),
    *("crystal", "bead", "filament", "fragment"),
)


def distance_to_nearest(shape, points):
    y, x = np.indices(shape)
    pixels = np.stack([x, y], axis=-1)
    return KDTree(points).query(pixels)[0]


def on_contaminants(points, table):
    steps = points[:, None] - table[["x", "y"]].to_numpy()
    return (np.linalg.norm(steps, axis=2) < table["radius"].to_numpy()).any(axis=1)


def test_contaminants_come_back_and_change_nothing_else():
    options = {"size": (150, 200), "contamination": 1.0, "random_state": 0}
    two = make_micrographs(3, **options)
    three = make_micrographs(3, return_contaminants=True, **options)
    assert (len(two), len(three)) == (2, 3)
    for a, b in zip(two[0] + two[1], three[0] + three[1], strict=True):
        np.testing.assert_array_equal(a, b)
    found = set()
    for points, table in zip(three[1], three[2], strict=True):
        assert table.columns.tolist() == ["x", "y", "radius", "kind"]
        assert not on_contaminants(points, table).any()
        found |= set(table["kind"])
    assert {"ice", "aggregate", "fragment"} <= found
    assert found <= {"carbon", "ice", "aggregate", "fragment"}


def test_the_usual_kinds_by_name_are_those_of_none():
    options = {"size": 150, "contamination": 1.0, "random_state": 0}
    [usual], _ = make_micrographs(1, **options)
    kinds = ["fragment", "ice", "aggregate", "carbon"]
    [named], _ = make_micrographs(1, contaminants=kinds, **options)
    np.testing.assert_array_equal(usual, named)


@pytest.mark.parametrize("nothing", [{"contamination": 0}, {"contaminants": ()}])
def test_a_micrograph_without_contaminants_has_an_empty_table(nothing):
    options = {"contamination": 1, "contaminants": ALL_KINDS} | nothing
    *_, [table] = make_micrographs(
        1, size=64, return_contaminants=True, random_state=0, **options
    )
    assert len(table) == 0


@pytest.mark.parametrize("contrast", ["defocus", "negative-stain"])
@pytest.mark.parametrize("kind", ["gold", "bead", "crystal", "ice", "carbon"])
def test_the_pixels_of_a_dark_contaminant_are_dark(kind, contrast):
    images, coordinates, tables = make_micrographs(
        10,
        size=120,
        diameter=10,
        contrast=contrast,
        contaminants=[kind],
        return_contaminants=True,
        random_state=1,
        **CLEAN | {"contamination": 1},
    )
    y, x = np.indices(images[0].shape)
    pixels = np.column_stack([x.ravel(), y.ravel()])
    seen = 0
    for image, points, table in zip(images, coordinates, tables, strict=True):
        if len(table) == 0:
            continue
        on = on_contaminants(pixels, table).reshape(image.shape)
        far = (distance_to_nearest(image.shape, points) > 10) & ~on
        assert image[on].mean() < image[far].mean() - 0.3
        seen += 1
    assert seen >= 3


def test_discs_of_a_hole_are_light_and_calm():
    images, _, tables = make_micrographs(
        12,
        size=240,
        diameter=12,
        n_particles=0,
        snr=0.2,
        ice_noise=1,
        ice_gradient=0,
        contamination=1,
        contaminants=["hole"],
        return_contaminants=True,
        random_state=1,
    )
    y, x = np.indices(images[0].shape)
    holes = [
        (image, table)
        for image, table in zip(images, tables, strict=True)
        if len(table)
    ]
    assert len(holes) >= 3
    for image, table in holes:
        [(hole_x, hole_y, radius, _)] = table.itertuples(index=False)
        distance = np.hypot(x - hole_x, y - hole_y)
        inside, outside = image[distance < radius - 6], image[distance > radius + 12]
        assert inside.mean() > outside.mean() + 0.2
        assert inside.std() < 0.6 * outside.std()


@settings(max_examples=15, deadline=None)
@given(
    height=st.integers(48, 100),
    width=st.integers(48, 100),
    diameter=st.floats(8, 20),
    spacing=st.floats(0.6, 1.3),
    share=st.floats(0, 1),
    contamination=st.floats(0, 1),
    binning=st.integers(1, 3),
    seed=st.integers(0, 2**32 - 1),
)
def test_spacing_is_kept_in_any_crowd(
    height, width, diameter, spacing, share, contamination, binning, seed
):
    apart = spacing * diameter
    n_particles = int(share * 0.75 * height * width / (np.pi / 4 * apart**2))
    [image], [points], [table] = make_micrographs(
        1,
        size=(height, width),
        n_particles=n_particles,
        diameter=diameter,
        spacing=spacing,
        contamination=contamination,
        contaminants=ALL_KINDS,
        binning=binning,
        return_contaminants=True,
        random_state=seed,
    )
    assert image.shape == (height, width)
    assert np.isfinite(image).all()
    assert points.shape == (n_particles, 2)
    assert (points >= 0).all()
    assert (points <= [width - 1, height - 1]).all()
    assert not on_contaminants(points, table).any()
    if n_particles > 1:
        # Brute force; binning divides coordinates, which rounds.
        assert pdist(points).min() >= apart * (1 - 1e-12)
