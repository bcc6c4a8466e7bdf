"""A project of cryoSPARC."""

from pathlib import Path

import numpy as np

from simulated_projects.project import Project, simulate, write_image, write_text

NAME = "14sep05c_c_00003gr_00014sq_000{hole:02d}hl_00002es.frames"


def cryosparc_project(
    folder,
    *,
    n_micrographs=4,
    n_labels=10,
    n_labelled=None,
    names=None,
    instance="P1",
    **simulation,
):
    """Write a project of cryoSPARC: motion correction, curated exposures, clicks.

    Parameters
    ----------
    folder : path-like
        The folder of the project, in which the jobs lie.
    n_micrographs, n_labels : int, default=4 and 10
        Number of micrographs, and of clicks on each of `n_labelled`.
    n_labelled : int or None, default=None
        Number of micrographs with clicks; None means all but the last.
    names : list of str or None, default=None
        The movies without suffix. None gives names as Leginon does.
    instance : str, default="P1"
        The number of the project, which stands before exported files.
    **simulation
        Settings of `make_micrographs`.

    Returns
    -------
    Project
        ``paths`` are those of the dose-weighted micrographs, ``uids`` their numbers.
        The jobs are

        - ``J2``: ``motioncorrected/<uid>_<name>_patch_aligned_doseweighted.mrc`` and
          ``micrographs_rigid_aligned.cs``;
        - ``J4``: ``exposures_accepted.cs`` with the CTF alone, and
          ``J4_passthrough_exposures_accepted.cs`` with the micrographs, in another
          order; also as an export;
        - ``J5``: the clicks in ``picked_particles.cs``, and ``picked_micrographs.cs``;
        - ``J6``: all particles; ``extracted_particles.cs`` has no locations, these are
          in ``J6_passthrough_particles.cs``.

        The y of a location counts from the first row of the micrograph's file.
    """
    simulated = simulate(n_micrographs, n_labels, n_labelled, **simulation)
    images, particles, labels, diameter, pixel_size = simulated
    rng = np.random.default_rng(5)
    uids = rng.integers(10**18, 2**63, n_micrographs, dtype=np.uint64)
    # Numbers have 21 digits in names, whatever their own length.
    uids[0] = 588255143468195995
    movies = [NAME.format(hole=row + 2) for row in range(n_micrographs)]
    stems = [
        f"{uid:021d}_{movie}_patch_aligned"
        for uid, movie in zip(uids.tolist(), names or movies, strict=True)
    ]
    paths = [f"J2/motioncorrected/{stem}_doseweighted.mrc" for stem in stems]
    project = Project(
        Path(folder),
        paths,
        images,
        particles,
        labels,
        diameter,
        pixel_size,
        uids.tolist(),
    )
    _write_motion_correction(project, stems)
    _write_exposures(project, instance)
    _write_picks(project, rng)
    _write_extraction(project, rng)
    for job in ("J2", "J4", "J5", "J6"):
        write_text(project.folder / job / "job.json", f'{{"uid": "{job}"}}\n')
    return project


def write_cs(path, columns):
    """Write a table of cryoSPARC: an array of records in the format of NumPy.

    Parameters
    ----------
    path : Path
        The file.
    columns : dict
        An array for each name; texts become bytes of a fixed length.
    """
    arrays = {
        name: values.astype("S") if values.dtype.kind == "U" else values
        for name, values in ((n, np.asarray(v)) for n, v in columns.items())
    }
    dtype = [(name, v.dtype.str, v.shape[1:]) for name, v in arrays.items()]
    records = np.zeros(len(next(iter(arrays.values()))), dtype=dtype)
    for name, values in arrays.items():
        records[name] = values
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        np.save(file, records, allow_pickle=False)


def _blobs(project):
    """Return the columns that tell of micrographs."""
    n = len(project.paths)
    return {
        "uid": np.array(project.uids, dtype="u8"),
        "micrograph_blob/path": project.paths,
        "micrograph_blob/idx": np.zeros(n, "u4"),
        "micrograph_blob/shape": np.array([i.shape for i in project.images], "u4"),
        "micrograph_blob/psize_A": np.full(n, project.pixel_size, "f4"),
        "micrograph_blob/format": ["MRC/1"] * n,
        "micrograph_blob/is_background_subtracted": np.ones(n, "u4"),
        "micrograph_blob/vmin": np.full(n, -3, "f4"),
        "micrograph_blob/vmax": np.full(n, 3, "f4"),
        "micrograph_blob/import_sig": np.zeros(n, "u8"),
    }


def _ctf(project):
    n = len(project.paths)
    return {
        "uid": np.array(project.uids, dtype="u8"),
        "ctf/type": ["spline"] * n,
        "ctf/exp_group_id": np.zeros(n, "u4"),
        "ctf/accel_kv": np.full(n, 300, "f4"),
        "ctf/cs_mm": np.full(n, 2.7, "f4"),
        "ctf/amp_contrast": np.full(n, 0.1, "f4"),
        "ctf/df1_A": np.full(n, 16400.2, "f4"),
        "ctf/df2_A": np.full(n, 16232.468, "f4"),
    }


def _write_motion_correction(project, stems):
    folder = project.folder / "J2" / "motioncorrected"
    for stem, image in zip(stems, project.images, strict=True):
        write_image(folder / f"{stem}_doseweighted.mrc", image, project.pixel_size)
        # The sum of the frames without weights lies beside it.
        write_image(folder / f"{stem}.mrc", image * 1.5, project.pixel_size)
    write_cs(project.folder / "J2/micrographs_rigid_aligned.cs", _blobs(project))


def _write_exposures(project, instance):
    folder = project.folder / "J4"
    write_cs(folder / "exposures_accepted.cs", _ctf(project))
    backwards = {name: np.asarray(v)[::-1] for name, v in _blobs(project).items()}
    write_cs(folder / "J4_passthrough_exposures_accepted.cs", backwards)
    name = f"{instance}_J4_exposures_accepted"
    export = project.folder / "exports/groups" / name / f"{name}_exported.cs"
    write_cs(export, _ctf(project) | _blobs(project))


def _locations(project, points, rng):
    """Return the columns that tell where particles are."""
    counts = [len(p) for p in points]
    rows = np.repeat(np.arange(len(counts)), counts)
    shapes = np.array([image.shape for image in project.images], dtype="u4")[rows]
    x, y = np.concatenate(points).T
    return {
        "uid": rng.integers(10**17, 2**63, len(rows), dtype=np.uint64),
        "location/micrograph_uid": np.array(project.uids, dtype="u8")[rows],
        "location/exp_group_id": np.zeros(len(rows), "u4"),
        "location/micrograph_path": np.array(project.paths)[rows],
        "location/micrograph_shape": shapes,
        "location/micrograph_psize_A": np.full(len(rows), project.pixel_size, "f4"),
        "location/center_x_frac": (x / shapes[:, 1]).astype("f4"),
        "location/center_y_frac": (y / shapes[:, 0]).astype("f4"),
    }


def _write_picks(project, rng):
    folder = project.folder / "J5"
    write_cs(folder / "picked_particles.cs", _locations(project, project.labels, rng))
    write_cs(folder / "picked_micrographs.cs", _blobs(project))


def _write_extraction(project, rng):
    folder = project.folder / "J6"
    locations = _locations(project, project.particles, rng)
    n = len(locations["uid"])
    stats = {
        "pick_stats/ncc_score": np.linspace(0.5, 0.2, n).astype("f4"),
        "pick_stats/power": np.full(n, 100, "f4"),
        "pick_stats/template_idx": np.zeros(n, "u4"),
        "pick_stats/angle_rad": np.zeros(n, "f4"),
    }
    stacks = [
        path.decode() if isinstance(path, bytes) else str(path)
        for path in locations["location/micrograph_path"]
    ]
    blobs = {
        "uid": locations["uid"],
        "blob/path": [
            s.replace("J2/motioncorrected", "J6/extract").replace(
                ".mrc", "_particles.mrc"
            )
            for s in stacks
        ],
        "blob/idx": np.arange(n, dtype="u4"),
        "blob/shape": np.full((n, 2), 64, "u4"),
        "blob/psize_A": np.full(n, project.pixel_size, "f4"),
    }
    write_cs(folder / "extracted_particles.cs", blobs)
    write_cs(folder / "J6_passthrough_particles.cs", locations | stats)
