"""Picks as a .cs file of cryoSPARC."""

import hashlib
import io
from collections.abc import Sequence

import numpy as np
import pandas as pd

from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.io._names import listed_name

_PATH = "location/micrograph_path"
_PIXEL_SIZE = "location/micrograph_psize_A"
# The columns of the slots "location" and "pick_stats" of cryoSPARC's particles.
_LOCATION = {
    "location/micrograph_uid": "<u8",
    "location/exp_group_id": "<u4",
    _PATH: "S",
    "location/micrograph_shape": "2<u4",
    _PIXEL_SIZE: "<f4",
    "location/center_x_frac": "<f4",
    "location/center_y_frac": "<f4",
}
_STATS = {
    "pick_stats/ncc_score": "<f4",
    "pick_stats/power": "<f4",
    "pick_stats/template_idx": "<u4",
    "pick_stats/angle_rad": "<f4",
}


def cs_picks(
    tables: Sequence[pd.DataFrame], micrographs: Sequence[Micrograph | str]
) -> bytes:
    """Return picks as the content of a .cs file of particles.

    Parameters
    ----------
    tables : sequence of DataFrame
        The picks of each micrograph, with the columns ``x``, ``y`` and perhaps
        ``score``, in pixels of the original micrograph.
    micrographs : sequence of Micrograph or str
        The micrographs. Those with picks must have a ``uid``.

    Returns
    -------
    bytes
        A NumPy array with the columns of the slot ``location`` of cryoSPARC and, if
        there are scores, those of ``pick_stats``: the score is ``ncc_score``, all else
        is 0. The pixel size is left out if it is not known for all. Each particle has
        a ``uid`` that is drawn from a generator whose seed the picks are, so the same
        picks have the same.

    Raises
    ------
    ValueError
        If a micrograph with picks is but a name or has no ``uid``, two have the same,
        a pick lies outside, or the size that a micrograph had before it was made
        smaller is not a whole number.
    """
    owners = [row for row, table in enumerate(tables) if len(table)]
    _check_uids({row: micrographs[row] for row in owners})
    facts = [_facts_of(micrographs[row], row) for row in owners]
    counts = [len(tables[row]) for row in owners]
    rows = np.zeros(sum(counts), _columns(facts, "score" in tables[0]))
    parts = np.split(rows, np.cumsum(counts)[:-1]) if owners else []
    for row, fact, part in zip(owners, facts, parts, strict=True):
        for name in set(fact).intersection(rows.dtype.names or ()):
            part[name] = fact[name]
        _set_picks(part, tables[row], micrographs[row])
    rows["uid"] = _draw_uids(rows)
    file = io.BytesIO()
    np.save(file, rows, allow_pickle=False)
    return file.getvalue()


def _columns(facts, has_scores):
    """Return the names and types of the columns."""
    columns = {"uid": "<u8"} | _LOCATION | (_STATS if has_scores else {})
    longest = max((len(fact[_PATH]) for fact in facts), default=1)
    columns[_PATH] = f"S{longest}"
    if not all(fact[_PIXEL_SIZE] for fact in facts):
        del columns[_PIXEL_SIZE]
    return list(columns.items())


def _check_uids(micrographs):
    without = [
        listed_name(micrograph, row)
        for row, micrograph in micrographs.items()
        if getattr(micrograph, "uid", None) is None
    ]
    if without:
        raise ValueError(
            "Format 'cs' needs micrographs with a uid, by which cryoSPARC knows them. "
            f"Those without are {', '.join(without[:3])} ({len(without)} in all). Read "
            "the micrographs from the .cs file of exposures of cryoSPARC, or give each "
            "its number: `Micrograph(micrograph, uid=...)`."
        )
    known: dict[int, int] = {}
    for row, micrograph in micrographs.items():
        other = known.setdefault(micrograph.uid, row)
        if other != row:
            names = [listed_name(micrographs[one], one) for one in (other, row)]
            raise ValueError(
                "Micrographs must have different uids. "
                f"{' and '.join(names)} both have {micrograph.uid}."
            )


def _facts_of(micrograph, row):
    """Return what the columns say of a micrograph, as it was before any scaling."""
    shape = np.multiply(micrograph.shape, micrograph.scale)
    whole = np.rint(shape).astype(int)
    if not np.allclose(shape, whole, rtol=0, atol=1e-3):
        raise ValueError(
            "Format 'cs' gives picks as fractions of the original micrographs. "
            f"{listed_name(micrograph, row)} was made smaller by {micrograph.scale:g} "
            "and had a size that is not known to the pixel. Give the micrographs as "
            "they were read."
        )
    pixel_size = micrograph.pixel_size
    return {
        "location/micrograph_uid": micrograph.uid,
        _PATH: listed_name(micrograph, row).encode(),
        "location/micrograph_shape": whole,
        _PIXEL_SIZE: pixel_size and pixel_size / micrograph.scale,
    }


def _set_picks(part, table, micrograph):
    size = part["location/micrograph_shape"][0, ::-1]
    xy = table[["x", "y"]].to_numpy()
    # The first pixel reaches from -0.5 to 0.5.
    outside = ((xy < -0.5) | (xy > size - 0.5)).any(axis=1)
    if outside.any():
        x, y = xy[outside.argmax()]
        raise ValueError(
            f"Picks must lie inside their micrograph. That at x = {x:g}, y = {y:g} "
            f"does not lie in {micrograph.name}, whose width and height are "
            f"{size[0]} x {size[1]} pixels."
        )
    part["location/center_x_frac"], part["location/center_y_frac"] = (xy / size).T
    if "score" in table:
        part["pick_stats/ncc_score"] = table["score"]


def _draw_uids(rows):
    """Return a different number for each row, the same for the same rows."""
    seed = hashlib.sha256(rows.tobytes()).digest()
    generator = np.random.default_rng(int.from_bytes(seed, "big"))
    uids = np.zeros(0, dtype=np.uint64)
    while len(uids) < len(rows):
        more = generator.integers(1, 2**64, len(rows), dtype=np.uint64)
        uids = np.unique(np.concatenate([uids, more]))
    return generator.permutation(uids)[: len(rows)]
