"""Which files of a folder are micrographs, and which ones are left out."""

import os
import re
from collections.abc import Sequence
from pathlib import Path

from pusklearn.micrographs.io._names import micrograph_stem
from pusklearn.pu._warn_caller import warn_caller

# Files of the first kind that a folder has are read.
_READ = [
    ("MRC files", re.compile(r"\.mrc(\.gz|\.bz2)?$", re.IGNORECASE)),
    ("TIFF files", re.compile(r"\.tiff?$", re.IGNORECASE)),
    ("stacks (.mrcs)", re.compile(r"\.mrcs(\.gz|\.bz2)?$", re.IGNORECASE)),
]
# Files that somebody may take for micrographs.
_NOT_READ = {
    ".eer": "EER movies, whose motion must be corrected first",
    ".dm3": "images of Gatan's DigitalMicrograph, to be converted to MRC",
    ".dm4": "images of Gatan's DigitalMicrograph, to be converted to MRC",
    ".st": "stacks (.st)",
    ".ser": "series of FEI's TIA, to be converted to MRC",
    ".hdf": "HDF5 files, to be converted to MRC",
    ".png": "PNG images, whose grey values are not those of the camera",
    ".jpg": "JPEG images, whose grey values are not those of the camera",
    ".jpeg": "JPEG images, whose grey values are not those of the camera",
}
# How RELION, CTFFIND and others call the power spectrum beside a micrograph, RELION and
# MotionCor2 the sum without or with weights by dose and the sums of every other frame,
# and CTFFIND, cryoSPARC and others what they compute from a micrograph.
_SPECTRUM = re.compile(
    r"[_-](ps|pws|fft|power|power_?spec(trum|tra)?|spectrum)$", re.IGNORECASE
)
_BESIDE = {
    "other sums of the same movies": re.compile(
        r"_(noDW|DW|DWS|EVN|ODD)$", re.IGNORECASE
    ),
    "images made from micrographs": re.compile(
        r"_(ctf|ctffind4?|(ctf_)?diag|avrot|background|mask|thumb(nail)?|denoised)$",
        re.IGNORECASE,
    ),
}
_MOST_NAMED = 3
# A search below a folder ends after this number of folders.
_MOST_SEARCHED = 300


def list_folder(folder: Path) -> tuple[list[Path], str, list[str]]:
    """Return which files of a folder are micrographs.

    Parameters
    ----------
    folder : Path
        The folder. Hidden files and folders in it do not count.

    Returns
    -------
    list of Path
        The micrographs, sorted.
    str
        If there is none, what the folder has in their place.
    list of str
        Which files are left out that may be taken for micrographs.
    """
    names = sorted(n for n in os.listdir(folder) if not n.startswith("."))
    files = [folder / name for name in names if not (folder / name).is_dir()]
    groups = [
        (kind, [file for file in files if pattern.search(file.name)])
        for kind, pattern in _READ
    ]
    kinds = [(kind, group) for kind, group in groups if group]
    chosen, left_out = kinds[0][1] if kinds else [], []
    # A broken link is not left out: reading it tells that the file is missing.
    special = [f for f in chosen if f.exists() and not f.is_file()]
    chosen = [file for file in chosen if file not in special]
    if special:
        left_out.append(_name("named pipes or devices", special))
    chosen, spectra = leave_out_spectra(chosen)
    left_out += spectra
    known = {micrograph_stem(file) for file in chosen}
    for kind, group in kinds[1:]:
        # Particles are often in a stack of the same name.
        others = group if kind.startswith("TIFF") else _without(group, known)
        left_out += [_name(kind, others)] if others else []
    left_out += _others(files, known)
    reason = f", which has {'; '.join(left_out)}" if left_out else ""
    return chosen, reason, left_out


def leave_out_spectra(files: Sequence) -> tuple[list, list[str]]:
    """Leave out power spectra and other images beside micrographs, told by their names.

    Parameters
    ----------
    files : sequence of str or path-like
        The files.

    Returns
    -------
    list of str or path-like
        The others, in the same order. If all are called like power spectra, they stay.
    list of str
        Which ones are left out.
    """
    stems = [micrograph_stem(file) for file in files]
    known = set(stems)
    spectra = [f for f, s in zip(files, stems, strict=True) if _SPECTRUM.search(s)]
    left_out = {} if len(spectra) == len(files) else {"power spectra": spectra}
    for kind, pattern in _BESIDE.items():
        left_out[kind] = [
            file
            for file, stem in zip(files, stems, strict=True)
            if pattern.search(stem) and pattern.sub("", stem) in known
        ]
    dropped = {os.fspath(file) for group in left_out.values() for file in group}
    said = [_name(kind, group) for kind, group in left_out.items() if group]
    return [file for file in files if os.fspath(file) not in dropped], said


def warn_of_spectra(files: Sequence) -> None:
    """Warn if all files of a folder or a pattern are called like power spectra."""
    if files and all(_SPECTRUM.search(micrograph_stem(file)) for file in files):
        warn_caller(
            "All files that are found are called as power spectra are: "
            f"{_name('power spectra', files)}. They are read as if they were "
            "micrographs. To read others, give their folder."
        )


def tell_of_folders_below(folder: Path) -> str:
    """Say which folder below another one has micrographs, or nothing."""
    for n_searched, (place, folders, names) in enumerate(os.walk(folder)):
        if n_searched == _MOST_SEARCHED:
            return ""
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for kind, pattern in _READ:
            found = sorted(n for n in names if pattern.search(n) and n[0] != ".")
            if n_searched and found:
                ending = Path(found[0]).suffix
                return (
                    f"; the folder '{Path(place).relative_to(folder)}' in it has "
                    f"{_name(kind, found)}: give that folder, or the pattern "
                    f"'{folder / '**' / ('*' + ending)}'"
                )
    return ""


def _others(files, known):
    groups: dict[str, list[Path]] = {}
    for file in files:
        kind = _NOT_READ.get(file.suffix.lower())
        if kind is not None:
            groups.setdefault(kind, []).append(file)
    # A file beside a micrograph of its name is the movie or a preview of that.
    rest = {kind: _without(group, known) for kind, group in groups.items()}
    return [_name(kind, group) for kind, group in rest.items() if group]


def _without(files, known):
    return [f for f in files if known.isdisjoint({micrograph_stem(f), f.stem})]


def _name(kind, files):
    names = ", ".join(Path(file).name for file in files[:_MOST_NAMED])
    more = ", ..." if len(files) > _MOST_NAMED else ""
    number = f"{len(files)}: " if len(files) > 1 else ""
    return f"{kind} ({number}{names}{more})"
