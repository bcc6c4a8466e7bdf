"""Which format a file of coordinates has, by its suffix or its first bytes."""

from pathlib import Path

from pusklearn.micrographs.io._text_file import check_is_no_stand_in

_READ = [".box", ".cbox", ".cs", ".csv", "_info.json", ".mod", ".star", ".tsv", ".txt"]
# Formats that no other could be taken for.
_BY_FIRST_BYTES = {b"\x93NUMPY": ".cs", b"IMODV": ".mod"}
# Bytes at the start of a file from which its kind is told.
_N_HEAD = 300
_BY_SUFFIX = {".star", ".box", ".cbox", ".csv", ".json", ".cs", ".mod"}
_NOT_READ = {
    ".ang": "angles of projections",
    ".bdb": "a database of EMAN2",
    ".bild": "a drawing for Chimera",
    ".cmm": "markers of Chimera",
    ".coords": "coordinates in a tomogram",
    ".csg": "a result group of cryoSPARC; give the .cs file that it names",
    ".db": "a database",
    ".doc": "a document of SPIDER",
    ".em": "a list of motives of the TOM toolbox",
    ".ftr": "a table in the form of Feather",
    ".h5": "an HDF5 file",
    ".hdf": "an HDF5 file",
    ".hdf5": "an HDF5 file",
    ".lst": "a list of images of EMAN",
    ".par": "parameters of Frealign or cisTEM",
    ".parquet": "a table in the form of Parquet",
    ".pickle": "a pickle, which can run code when it is opened",
    ".pik": "a list of picks of Appion",
    ".pkl": "a pickle, which can run code when it is opened",
    ".plt": "a plot of Bsoft or Dynamo",
    ".pos": "a list of picks of Xmipp",
    ".pusk": "a model of pusklearn, with which one picks",
    ".roi": "a region of ImageJ",
    ".sav": "a model of Topaz or pusklearn-topaz, with which one picks",
    ".sqlite": "a database, as Scipion keeps it",
    ".tbl": "a table of Dynamo",
    ".tloc": "what TomoTwin located in a tomogram",
    ".tmrk": "what TomoTwin found in a tomogram",
    ".umap": "an embedding of TomoTwin",
    ".xls": "a workbook; save its table as csv",
    ".xlsx": "a workbook; save its table as csv",
    ".xmd": "a table of Xmipp",
    ".xml": "an XML file, as Warp and PyTom write it",
    ".yaml": "a YAML file",
    ".yml": "a YAML file",
}
# Suffixes that are no part of a micrograph's name, beside those of `micrograph_stem`.
PLAIN = {".coord", ".dat", ".mod", ".pts", ".xy"}


def coordinate_format(path: Path) -> str:
    """Return the suffix that stands for the format of a file of coordinates.

    Parameters
    ----------
    path : Path
        A file. If its first bytes tell that it is a table of cryoSPARC or a model of
        IMOD, its name does not matter.

    Returns
    -------
    str
        One of ".star", ".box", ".cbox", ".csv", ".json", ".cs" and ".mod", or "" for a
        table of text with another suffix.

    Raises
    ------
    ValueError
        If the suffix is one of a format that is known but not read. The message names
        those that are.
    """
    with open(path, "rb") as file:
        head = file.read(_N_HEAD)
    check_is_no_stand_in(head)
    for first_bytes, suffix in _BY_FIRST_BYTES.items():
        if head.startswith(first_bytes):
            return suffix
    suffix = path.suffix.lower()
    if suffix in _NOT_READ:
        raise ValueError(
            f"`{suffix}` is not read ({_NOT_READ[suffix]}); these are: "
            f"{', '.join(_READ)}, and tables of text with other suffixes."
        )
    return suffix if suffix in _BY_SUFFIX else ""
