import numpy as np
import pytest

from pusklearn.micrographs.report._gather_views import Spool, gather_views
from pusklearn.micrographs.report._micrograph_view import view_micrograph


def test_pieces_come_back():
    spool = Spool()
    for piece in (b"one", b"", b"three"):
        spool.add(piece)
    assert [spool.read(number) for number in (2, 0, 1)] == [b"three", b"one", b""]
    assert [spool.size(number) for number in range(len(spool))] == [3, 0, 5]
    spool.close()


def test_micrographs_are_taken_one_after_the_other(make_scene):
    scene = make_scene(3)
    taken = []

    def looks():
        for number, row in enumerate(zip(scene.micrographs, scene.peaks, strict=True)):
            taken.append(number)
            yield view_micrograph(row, 20, number)

    gathered = gather_views(looks(), -np.inf)
    assert taken == [0, 1, 2]
    assert [view.name for view in gathered.views] == ["grid_0", "grid_1", "grid_2"]
    assert gathered.large.read(1).startswith(b"\x89PNG")
    assert len(gathered.crops) == 54
    gathered.large.close()


def test_no_micrograph_is_an_error():
    with pytest.raises(ValueError, match="At least 1 micrograph"):
        gather_views([], -np.inf)
