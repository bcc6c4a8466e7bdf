"""The file of a saved estimator: a zip of documents in JSON and of tensors.

It has these members, none of them compressed, so that a small file stays small::

    manifest.json         the version of the format, and the SHA-256 of the others
    estimator.json        the estimator, see `pusklearn.saving._codec`
    scoring.json          what the command line of topaz needs to know, if it wrote it
    tensors.safetensors   the arrays and the weights that the documents name

Neither JSON nor safetensors can hold code. Everything that a file says of itself is
checked before it is believed, since a file may come from anybody.

Only torch and safetensors are imported here: a command that does no more than score
micrographs must start fast.
"""

import hashlib
import io
import json
import os
import stat
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save

from pusklearn import __version__
from pusklearn.micrographs.io._draft_files import write_files
from pusklearn.saving._check_archive import (
    MANIFEST,
    TENSORS,
    check_beginning,
    check_depth,
    check_end,
    check_entries,
    check_size,
    each_once,
    no_constant,
)

FORMAT = "pusklearn"
VERSION = 1
ESTIMATOR = "estimator.json"
DOCUMENTS = (ESTIMATOR, "scoring.json")

EARLIEST = (1980, 1, 1, 0, 0, 0)

WAY_OUT = (
    "joblib.dump writes estimators of any size; open such a file only if you trust "
    "whoever wrote it."
)

# What reading a zip, JSON or safetensors raises if they are damaged.
FAILURES = (
    ValueError,
    EOFError,
    NotImplementedError,
    OverflowError,
    RuntimeError,
    KeyError,
    SafetensorError,
    struct.error,
    zipfile.BadZipFile,
)


def write_archive(
    path: str | os.PathLike,
    documents: Mapping[str, Any],
    tensors: Mapping[str, torch.Tensor],
) -> None:
    """Write documents and tensors into one file, whole or not at all.

    The same documents and tensors give the same bytes.

    Parameters
    ----------
    path : str or path-like
        The file, which is replaced if it is there. A link in its place is replaced, not
        followed.
    documents : mapping of str to object
        What JSON can hold, by "estimator.json" or "scoring.json".
    tensors : mapping of str to torch.Tensor
        Tensors on any device, by name.

    Raises
    ------
    ValueError
        If a document or the file would be too large to be read again, or there is a
        folder, a pipe or a device in the place of the file.
    OSError
        If the file cannot be written. An earlier file is left as it was.
    """
    path = Path(path)
    members = {
        name: json.dumps(document, allow_nan=False, separators=(",", ":")).encode()
        for name, document in documents.items()
    }
    # safetensors takes no tensors that share memory.
    rows = torch.contiguous_format
    members[TENSORS] = save(
        {
            name: t.detach().cpu().clone(memory_format=rows)
            for name, t in tensors.items()
        }
    )
    for name, data in members.items():
        try:
            check_size(name, data)
        except ValueError as error:
            raise ValueError(f"{path} is not written. {error} {WAY_OUT}") from None
    manifest = {
        "format": FORMAT,
        "version": VERSION,
        "pusklearn": __version__,
        "sha256": {name: digest(data) for name, data in members.items()},
    }
    with io.BytesIO() as file:
        with zipfile.ZipFile(file, "w") as archive:
            text = json.dumps(manifest, indent=1).encode()
            for name, data in {MANIFEST: text, **members}.items():
                archive.writestr(zipfile.ZipInfo(name, EARLIEST), data)
        write_files({path: file.getvalue()})


def read_archive(
    path: str | os.PathLike,
) -> tuple[dict[str, Any], dict[str, torch.Tensor]]:
    """Read the documents and the tensors of a file.

    Parameters
    ----------
    path : str or path-like
        The file.

    Returns
    -------
    documents : dict of str to object
        What JSON holds, by the names of the members.
    tensors : dict of str to torch.Tensor
        The tensors, on the CPU.

    Raises
    ------
    ValueError
        If the file is of another kind, or of a later version, is damaged or cut short,
        or holds anything that `write_archive` does not write.
    OSError
        If the file cannot be opened.
    """
    path = Path(path)
    if not stat.S_ISREG(path.stat().st_mode):
        raise ValueError(f"`path` must be a file. {path} is a folder or a device.")
    try:
        with path.open("rb") as file:
            return unpack(file)
    except FAILURES as error:
        raise ValueError(
            f"{path} is no model that `pusklearn train` or pusklearn.save wrote, "
            f"or it is damaged. {error}"
        ) from None


def unpack(file: BinaryIO) -> tuple[dict[str, Any], dict[str, torch.Tensor]]:
    """Return the documents and the tensors of an open file; see `read_archive`."""
    check_beginning(file.read(200))
    check_end(file)
    with zipfile.ZipFile(file) as archive:
        entries = archive.infolist()
        check_entries(entries, file.seek(0, os.SEEK_END))
        sums = check_manifest(read_document(archive, MANIFEST))
        names = {entry.orig_filename for entry in entries} - {MANIFEST}
        unknown = sorted((names | sums.keys()) - {TENSORS, *DOCUMENTS})
        if unknown:
            raise ValueError(f"It has a part that is not known, {unknown[0]!r}.")
        if names != sums.keys() or TENSORS not in names:
            missing = sorted((sums.keys() | {TENSORS}) ^ names)
            raise ValueError(f"Its part {missing[0]!r} is missing, or not announced.")
        for name in names:
            if digest(archive.read(name)) != sums[name]:
                raise ValueError(f"Its part {name!r} is not what was written.")
        documents = {
            name: read_document(archive, name) for name in DOCUMENTS if name in names
        }
        data = archive.read(TENSORS)
        check_size(TENSORS, data)
        return documents, load(data)


def check_manifest(manifest: Any) -> dict[str, str]:
    """Return the SHA-256 of each member, or raise a ValueError."""
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise ValueError(f"Its part {MANIFEST!r} is not one of pusklearn.")
    version, writer = manifest.get("version"), manifest.get("pusklearn")
    if type(version) is not int or version < 1 or not isinstance(writer, str):
        raise ValueError(f"Its part {MANIFEST!r} has no version.")
    if version > VERSION:
        raise ValueError(
            f"pusklearn {writer} wrote it in version {version} of the format. This is "
            f"pusklearn {__version__}, which reads version {VERSION}: install a later "
            "pusklearn."
        )
    sums = manifest.get("sha256")
    if not isinstance(sums, dict) or set(map(type, sums.values())) - {str}:
        raise ValueError(f"Its part {MANIFEST!r} has no checksums.")
    return sums


def read_document(archive: zipfile.ZipFile, name: str) -> Any:
    """Return what a member holds as JSON, or raise a ValueError."""
    data = archive.read(name)
    check_size(name, data)
    try:
        document = json.loads(
            data.decode(), object_pairs_hook=each_once, parse_constant=no_constant
        )
    except RecursionError:
        raise ValueError(f"Its part {name!r} is nested too deeply.") from None
    check_depth(name, document)
    return document


def digest(data: bytes) -> str:
    """Return the SHA-256 of a member."""
    return hashlib.sha256(data).hexdigest()
