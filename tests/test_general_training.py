"""The script that makes the general network, on small data."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import torch

from pusklearn import general_picker
from pusklearn.datasets import make_micrographs
from pusklearn.micrographs.general._general_network import read_general_network


@pytest.fixture
def training(load):
    return load("train_general")


def make_example(**changes):
    """Return an example with a particle, a contaminant and a broken piece."""
    table = pd.DataFrame(
        [(30.0, 12.5, 9.0, "ice"), (5.0, 5.0, 3.0, "fragment")],
        columns=["x", "y", "radius", "kind"],
    )
    values = {
        "pixels": np.zeros((60, 50), np.float16),
        "centres": np.array([[30.2, 40.7], [24.0, 12.0], [0.0, 59.0]]),
        "diameter": 20.0,
        "contaminants": table,
    }
    return SimpleNamespace(**(values | changes))


def test_the_same_command_makes_the_same_bytes(training, tmp_path):
    files = [tmp_path / name for name in ("one.safetensors", "two.safetensors")]
    for file in files:
        training.main(["--quick", "--out", str(file)])
    assert files[0].read_bytes() == files[1].read_bytes()
    network = read_general_network(files[0])
    assert network.module == "ConvNet"
    assert network.spans == (12, 22, 33)
    assert 0.005 < network.prior < 0.05
    picker = general_picker(24, weights=files[0])
    micrographs, _ = make_micrographs(1, size=96, random_state=0)
    [picks] = picker.predict(micrographs)
    assert np.isfinite(picks).all()


def test_contaminants_can_be_left_out(training, tmp_path):
    files = [tmp_path / name for name in ("with.safetensors", "without.safetensors")]
    training.main(["--quick", "--out", str(files[0])])
    training.main(["--quick", "--without-contaminants", "--out", str(files[1])])
    states = [read_general_network(file).weights for file in files]
    assert any(not torch.equal(states[0][key], states[1][key]) for key in states[0])


def test_the_network_that_ships_was_made_by_the_script(training):
    network = read_general_network()
    module, state = training.MODULE, network.weights
    assert network.parameters["units"] == module.units
    fresh = module.build((31, 31)).state_dict()
    assert {k: v.shape for k, v in state.items()} == {
        k: v.shape for k, v in fresh.items()
    }
    assert network.spans == (training.LEAST, training.DIAMETER, training.GREATEST)
    assert "train_general.py" in network.made_by


def test_kinds_of_pixels_follow_from_distances(training):
    example = make_example()
    kinds = training.kinds_of_pixels(example)
    rows, columns = np.indices(kinds.shape)
    distance = np.min(
        [np.hypot(columns - x, rows - y) for x, y in example.centres], axis=0
    )
    on_ice = np.hypot(columns - 30, rows - 12.5) <= 9
    expected = np.select(
        [distance <= 0.12 * 20, distance <= 0.2 * 20, on_ice],
        [training.PLAIN_POSITIVE, training.IGNORED, training.CONTAMINANT],
        training.NEGATIVE,
    )
    np.testing.assert_array_equal(kinds, expected)


def test_patches_hold_the_region_around_every_logit(training, monkeypatch):
    monkeypatch.setattr(training, "NOISY", 0)
    field, stride = 31, 4
    rng = np.random.default_rng(0)
    kinds = rng.integers(0, 4, (150, 140)).astype(np.uint8)
    pixels = np.pad(kinds.astype(np.float16), field // 2)
    for _ in range(8):
        patches, at_logits = training.draw_batch([(pixels, kinds)], field, stride, rng)
        centres = patches[:, 0, 15:-15:stride, 15:-15:stride]
        np.testing.assert_array_equal(centres, at_logits)
        network = training.MODULE.build((field, field))
        assert network(patches)[:, 0].shape == at_logits.shape


def test_noise_on_top_leaves_the_variance_of_the_background(training, monkeypatch):
    monkeypatch.setattr(training, "NOISY", 1)
    rng = np.random.default_rng(0)
    patches = rng.standard_normal((4, 200, 200), dtype=np.float32)
    noisy = training.add_noise(patches, rng)
    assert noisy.dtype == np.float32
    np.testing.assert_allclose(noisy.var(axis=(1, 2)), 1, atol=0.03)
    shares = [
        np.corrcoef(a.ravel(), b.ravel())[0, 1]
        for a, b in zip(patches, noisy, strict=False)
    ]
    assert 0.7 < min(shares) < max(shares) < 1


def test_the_loss_is_the_weighted_mean_of_the_cross_entropy(training):
    rng = np.random.default_rng(0)
    logits, kinds = rng.normal(size=(3, 5)), rng.integers(0, 4, (3, 5))
    weights = np.array([1, 4, 0, 3])[kinds]
    signs = np.where(kinds == training.PLAIN_POSITIVE, 1, -1)
    expected = (weights * np.log1p(np.exp(-signs * logits))).sum() / weights.sum()
    loss = training.weighted_loss(torch.from_numpy(logits), torch.from_numpy(kinds))
    assert loss.item() == pytest.approx(expected)


def test_the_weight_of_positives_is_taken_out_of_the_scores(training):
    network = training.MODULE.build((31, 31)).eval()
    image = torch.randn(1, 1, 31, 31, generator=torch.Generator().manual_seed(0))
    before = network(image).item()
    after = training.as_log_odds(network)(image).item()
    assert before - after == pytest.approx(np.log(4), abs=1e-5)


def test_the_share_of_positives_leaves_out_what_takes_no_part(training):
    kinds = np.array([[0, 1, 2, 2], [3, 0, 0, 1]])
    share = training.share_of_positives([(None, kinds), (None, np.zeros((2, 2), int))])
    assert share == 2 / 10


@pytest.mark.parametrize("number", range(6))
def test_a_number_is_a_micrograph(load, number):
    mixture = load("general_mixture")
    first, again = mixture.simulate(number, 128), mixture.simulate(number, 128)
    np.testing.assert_array_equal(first.pixels, again.pixels)
    np.testing.assert_array_equal(first.centres, again.centres)
    assert np.isfinite(first.pixels).all()
    assert 12 <= first.diameter <= 33
    assert len(first.centres) >= 1
    other = mixture.simulate(number + 100, 128)
    assert not np.array_equal(first.pixels, other.pixels)


def test_a_clean_micrograph_has_no_contaminants(load):
    mixture = load("general_mixture")
    assert mixture.simulate(1, 128, contaminants=False).contaminants.empty


def test_every_kind_and_contrast_is_drawn(load):
    mixture = load("general_mixture")
    rng = np.random.default_rng(0)
    drawn = [mixture.draw_settings(rng, 512, True) for _ in range(300)]
    assert {settings["particle"] for settings in drawn} == set(mixture.PARTICLES)
    assert {settings["contrast"] for settings in drawn} == set(mixture.CONTRASTS)
    kinds = {kind for settings in drawn for kind in settings["contaminants"]}
    assert kinds == set(mixture.CONTAMINANTS)


def test_particles_in_stain_become_dark(load):
    mixture = load("general_mixture")
    pixels = np.random.default_rng(0).normal(size=(40, 40))
    settings = {"contrast": "negative-stain"}

    class Never:
        def uniform(self, *_):
            return 1.0

    np.testing.assert_array_equal(mixture.spoil(pixels, settings, Never()), -pixels)
