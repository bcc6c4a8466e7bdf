import numpy as np
import pytest
from scipy.spatial.distance import pdist

from pusklearn.micrographs.simulation import _layout
from pusklearn.micrographs.simulation._contaminants import KINDS, USUAL
from pusklearn.micrographs.simulation._layout import Layout
from pusklearn.micrographs.simulation._particle import Particle


@pytest.fixture
def particle():
    return Particle.random("globular", 12, "C1", np.random.default_rng(0))


@pytest.mark.parametrize("share", [0.3, 0.5, 0.65, 0.749])
@pytest.mark.parametrize("kinds", [USUAL, KINDS])
def test_a_crowd_covers_the_share_that_is_asked_for(particle, share, kinds):
    count = int(share * 130 * 150 / (np.pi / 4 * 12**2))
    for seed in range(3):
        rng = np.random.default_rng(seed)
        layout = Layout((130, 150), count, 12.0, True, kinds, 1.0)
        scene, centres = layout.draw(particle, rng)
        assert centres.shape == (count, 2)
        assert pdist(centres).min() >= 12
        assert (centres >= 0).all()
        assert (centres <= [149, 129]).all()
        for kind, discs in scene.contaminants:
            assert kind in kinds
            gaps = np.linalg.norm(centres[:, None] - discs[:, :2], axis=2) - discs[:, 2]
            assert gaps.min(initial=1) > 0


def test_a_sparse_micrograph_with_spacing_is_not_pushed_together(particle):
    options = (130, 150), 40, 12.0
    _, centres = Layout(*options, True, (), 0.0).draw(
        particle, np.random.default_rng(0)
    )
    _, same = Layout(*options, False, (), 0.0).draw(particle, np.random.default_rng(0))
    np.testing.assert_array_equal(centres, same)


def test_a_number_that_is_not_given_is_drawn_and_fits(particle):
    counts = [
        len(
            Layout((130, 150), None, distance, True, (), 0.0).draw(
                particle, np.random.default_rng(seed)
            )[1]
        )
        for distance in (12.0, 40.0)
        for seed in range(6)
    ]
    typical = 0.17 * 130 * 150 / (np.pi / 4 * 12**2)
    assert 0.8 * typical - 1 < min(counts[:6]) < max(counts[:6]) < 1.2 * typical + 1
    assert set(counts[6:]) == {int(130 * 150 * 0.75 / (np.pi / 4 * 40**2))}


def test_fragments_come_with_their_kind_alone(particle):
    for kinds in ((), ("fragment",)):
        layout = Layout((130, 150), 0, 12.0, False, kinds, 1.0)
        scene, _ = layout.draw(particle, np.random.default_rng(0))
        assert [kind for kind, _ in scene.contaminants] == list(kinds)
        assert scene.density.any() == bool(kinds)


def test_the_inset_keeps_centres_off_the_border(particle):
    layout = Layout((60, 70), 30, 9.0, True, (), 0.0, inset=2.0)
    _, centres = layout.draw(particle, np.random.default_rng(0))
    assert (centres >= 2).all()
    assert (centres <= [67, 57]).all()


def test_what_finds_no_place_is_an_error(particle, monkeypatch):
    monkeypatch.setattr(_layout, "MAX_ATTEMPTS", 1)
    layout = Layout((24, 24), 9, 20.0, True, (), 0.0)
    with pytest.raises(ValueError, match="`n_particles`=9 centres at least 20 pixels"):
        layout.draw(particle, np.random.default_rng(0))
