"""The points of models that were clicked in IMOD's 3dmod."""

import io
import os
import struct

import numpy as np
import pandas as pd

# Lengths of the parts of a model, from the description of IMOD's binary format.
_HEADER = 240
_OBJECT = 176
_CONTOUR = struct.Struct(">iIii")
_MESH = struct.Struct(">iiIhh")
_LONGEST = 2**26
_END = b"IEOF"
# No micrograph is as wide as this.
_MOST_PIXELS = 2**17


def read_imod_model(path: str | os.PathLike) -> pd.DataFrame:
    """Return the points of a model of IMOD, in pixels of the image.

    Parameters
    ----------
    path : path-like
        The model, in IMOD's binary form. Each point of each contour is a particle.

    Returns
    -------
    DataFrame
        Columns ``x`` and ``y``. The index ``point`` counts from 1.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is no such model, is damaged or cut short, its points lie in several
        sections or several images, or it was made in a turned view or on a stretched
        image.
    ImportError
        If the package imodmodel is not installed.

    Notes
    -----
    IMOD counts x and y from the lower left corner of the image as it displays it. That
    is the corner of the first pixel of the first row of an MRC file, which is row 0 of
    the array in memory, so y is not flipped. The centre of that pixel is at (0.5, 0.5)
    in IMOD and at (0, 0) here, so half a pixel is subtracted. If 3dmod had loaded a
    part of the image, the model has the place of that part, which is added.

    imodmodel goes on forever at the end of a file that is cut short. So the parts of
    the file are checked here, and it is given those alone that have the points.
    """
    n_bytes = os.path.getsize(path)
    if n_bytes > _LONGEST:
        raise ValueError(
            f"a model of IMOD has at most {_LONGEST} bytes. Got {n_bytes}."
        )
    with open(path, "rb") as file:
        content = file.read()
    parts = _points_alone(content)
    try:
        from imodmodel.parsers import parse_model
    except ImportError as error:
        raise ImportError(
            f"{path} is a model of IMOD, which the package imodmodel reads: "
            "`pip install pusklearn[imod]`. Or write its points as text with IMOD's "
            "model2point."
        ) from error
    try:
        model = parse_model(io.BytesIO(parts))
    except (ValueError, TypeError, struct.error, IndexError) as error:
        raise ValueError(f"it is a damaged model of IMOD ({error}).") from error
    _check_counts(model)
    _check_view(model.header)
    contours = [contour for part in model.objects for contour in part.contours]
    _check_is_of_one_image(contours)
    points = [np.zeros((0, 3)), *(contour.points for contour in contours)]
    xyz = np.concatenate(points).astype(float)
    _check_points(xyz, model.header)
    xy = xyz[:, :2] - 0.5 + _start_of_part(model)
    index = pd.RangeIndex(1, len(xy) + 1, name="point")
    return pd.DataFrame(xy, index, ["x", "y"])


def _points_alone(content):
    """Return the model without all parts but those that say where points lie."""
    if not content.startswith(b"IMODV1.2") or len(content) < _HEADER:
        raise ValueError(
            "it is a model of IMOD that is damaged, cut short, or of a version other "
            "than 1.2."
        )
    kept, place = [_without_name(content[:_HEADER], 8, 136)], _HEADER
    while (name := content[place : place + 4]) != _END:
        length = _length_of(name, content, place + 4)
        if len(name) < 4 or place + 4 + length > len(content):
            raise ValueError(
                "it is a model of IMOD that is cut short or damaged: its part "
                f"{name!r} at byte {place} goes beyond the end of the file."
            )
        part = content[place : place + 4 + length]
        if name in (b"CONT", b"MINX"):
            kept.append(part)
        elif name == b"OBJT":
            kept.append(_without_name(part, 4, 68))
        place += 4 + length
    if content[place + 4 :].strip(b"\0\n\r "):
        raise ValueError("it is a model of IMOD with something behind its end.")
    return b"".join([*kept, _END])


def _without_name(part, start, stop):
    """Return a part with zeros for its name, which may be no UTF-8."""
    return part[:start] + bytes(stop - start) + part[stop:]


def _length_of(name, content, place):
    """Return the length of a part behind its name, which stands before `place`."""
    if name == b"OBJT":
        return _OBJECT
    if name in (b"CONT", b"MESH"):
        header = _CONTOUR if name == b"CONT" else _MESH
        if place + header.size > len(content):
            return len(content)
        first, second, *_ = header.unpack_from(content, place)
        sizes = [12 * first] if name == b"CONT" else [12 * first, 4 * second]
        _check_length(name, min(sizes))
        return header.size + sum(sizes)
    length = int.from_bytes(content[place : place + 4], "big", signed=True)
    _check_length(name, length)
    if name == b"MINX" and length != 72:
        raise ValueError(f"it is a damaged model of IMOD: its MINX has {length} bytes.")
    if not (name.isalnum() and name.isascii()):
        raise ValueError(f"it is a damaged model of IMOD: it has a part {name!r}.")
    return 4 + length


def _check_length(name, length):
    if length < 0:
        raise ValueError(
            f"it is a damaged model of IMOD: its part {name!r} has a length < 0."
        )


def _check_counts(model):
    found = [len(model.objects), *(len(part.contours) for part in model.objects)]
    told = [model.header.objsize, *(part.header.contsize for part in model.objects)]
    if found != told:
        raise ValueError(
            "it is a damaged model of IMOD: its numbers of objects and of contours in "
            f"each are {found}, but it tells of {told}."
        )


def _check_view(header):
    if header.flags.model_last_viewed_onYZ_flipped_or_rotated:
        raise ValueError(
            "it is a model of IMOD that was made in a turned view, with y and z "
            "exchanged. Save it again from 3dmod in the ordinary view."
        )
    scale = header.xscale, header.yscale
    if not np.allclose(scale, 1):
        raise ValueError(
            "a model of IMOD must have the scale 1 in x and y. It has "
            f"{scale[0]:g} and {scale[1]:g}."
        )


def _check_is_of_one_image(contours):
    times = {contour.header.time for contour in contours if contour.header.time > 0}
    if len(times) > 1:
        raise ValueError(
            "a model of IMOD must have the points of one image. Its contours are of "
            f"{len(times)} of the images that were open together; save a model for "
            "each."
        )


def _check_points(xyz, header):
    if not (np.abs(xyz) < _MOST_PIXELS).all():
        raise ValueError(
            "it is a damaged model of IMOD: it has a point beyond any image."
        )
    is_deep = (np.abs(xyz[:, 2]) >= 1).any()
    if is_deep or header.zmax > 1:
        raise ValueError(
            "its points lie in the sections of a stack or of a tomogram, which has "
            f"{max(header.zmax, 1)}. Particles of micrographs have x and y alone."
        )


def _start_of_part(model):
    """Return x and y of the first pixel that was loaded, if a part of an image was."""
    if model.minx is None:
        return np.zeros(2)
    now, origin, scale = (
        np.array(values[:2], dtype=float)
        for values in (model.minx.ctrans, model.minx.otrans, model.minx.cscale)
    )
    if not model.header.flags.otrans_has_image_origin_values:
        if now.any():
            raise ValueError(
                "it is a model of IMOD that does not tell if it was made on a part of "
                "an image. Save it again from 3dmod."
            )
        return now
    if not (scale > 0).all():
        raise ValueError("it is a damaged model of IMOD: its pixels have no size.")
    start = (origin - now) / scale
    whole = np.rint(start)
    if (
        not (np.abs(start - whole) < 0.02).all()
        or not (np.abs(whole) < _MOST_PIXELS).all()
    ):
        raise ValueError(
            "it is a model of IMOD that was made on a part of an image which begins at "
            f"x = {start[0]:g}, y = {start[1]:g}, and not at a pixel of an image."
        )
    return whole
