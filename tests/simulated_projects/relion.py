"""A project of RELION 3.0, 3.1, 4.0 or 5.0."""

from pathlib import Path

import numpy as np

from simulated_projects.project import Project, simulate, write_image, write_text
from simulated_projects.star_text import star_text

MOVIES = "Movies/Images-Disc1/GridSquare_{square}/Data/FoilHole_{hole}_Data_{data}"
# Shifts from an alignment, in angstrom: a row is a particle, modulo their number.
SHIFTS = np.array([[6.0, -3.0], [-12.0, 4.5], [0.0, 1.5]])
COUNTER = "_rlnPipeLineJobCounter                       9\n \n"
JOB_TYPES = {
    "Import": "relion.import",
    "MotionCorr": "relion.motioncorr.own",
    "CtfFind": "relion.ctffind.ctffind4",
    "ManualPick": "relion.manualpick",
    "Select": "relion.select.interactive",
    "AutoPick": "relion.autopick.log",
    "Extract": "relion.extract",
}


def relion_project(
    folder,
    version="5.0",
    *,
    n_micrographs=4,
    n_labels=10,
    n_labelled=None,
    names=None,
    **simulation,
):
    """Write a project of RELION: from motion correction to extracted particles.

    Parameters
    ----------
    folder : path-like
        The folder of the project.
    version : {"3.0", "3.1", "4.0", "5.0"} or number, default="5.0"
        The version of RELION.
    n_micrographs, n_labels : int, default=4 and 10
        Number of micrographs, and of clicks on each of `n_labelled`.
    n_labelled : int or None, default=None
        Number of micrographs with clicks; None means all but the last.
    names : list of str or None, default=None
        The movies without suffix, such as "Movies/grid1/stack_0001". None gives names
        as EPU does, in two folders.
    **simulation
        Settings of `make_micrographs`.

    Returns
    -------
    Project
        ``paths`` are those of the motion-corrected micrographs. Beside
        ``default_pipeline.star``, the jobs are

        - ``Import/job001/movies.star`` (no movie is written);
        - ``MotionCorr/job002/corrected_micrographs.star``, the micrographs, their power
          spectra ``_PS.mrc`` and a STAR file each;
        - ``CtfFind/job003/micrographs_ctf.star``;
        - ``ManualPick/job004``: the clicks, all scores -999; a micrograph without
          clicks has no file; ``manualpick.star`` since 4.0, before
          ``coords_suffix_manualpick.star``;
        - ``Select/job005/micrographs.star`` (3.0: ``micrographs_selected.star``): all
          but the second micrograph;
        - ``AutoPick/job006``: all particles, with falling scores;
        - ``Extract/job007/particles.star``: those of job006;
        - ``Select/job008/particles.star``: the same particles, displaced and with the
          `SHIFTS` that put them right, as after a 2-D classification.
    """
    version = {"3": "3.0", "4": "4.0", "5": "5.0"}.get(str(version), str(version))
    simulated = simulate(n_micrographs, n_labels, n_labelled, **simulation)
    images, particles, labels, diameter, pixel_size = simulated
    movies = epu_names(n_micrographs) if names is None else names
    paths = [f"MotionCorr/job002/{movie}.mrc" for movie in movies]
    project = Project(
        Path(folder), paths, images, particles, labels, diameter, pixel_size
    )
    writer = _Writer(project, movies, version)
    writer.write_pipeline()
    writer.write_import()
    writer.write_motion_correction()
    writer.write_ctf()
    writer.write_manual_picking()
    writer.write_selection()
    writer.write_picking()
    writer.write_extraction()
    return project


def epu_names(number):
    """Return the names of movies as EPU gives them: a folder for each grid square."""
    return [
        MOVIES.format(
            square=(23333186, 23333190)[2 * i // number],
            hole=23379462 + 11 * i,
            data=f"2337{8980 + 12 * i}_4_20240423_1932{3 + i:02d}_fractions",
        )
        for i in range(number)
    ]


class _Writer:
    """Writes the jobs of one project."""

    def __init__(self, project, movies, version):
        self.project = project
        self.movies = movies
        self.version = version
        self.has_optics = version != "3.0"
        self.number = len(movies)

    def write(self, path, blocks):
        write_text(self.project.folder / path, star_text(blocks, self.version))

    def write_job(self, job):
        """Write the files that every job has."""
        kind = JOB_TYPES[job.split("/")[0]]
        folder = self.project.folder / job
        pairs = f"_rlnJobTypeLabel             {kind}\n_rlnJobIsContinue    0\n"
        options = {"rlnJobOptionVariable": ["do_queue"], "rlnJobOptionValue": ["No"]}
        table = star_text({"joboptions_values": options}, self.version)
        write_text(folder / "job.star", f"\n# version\n\ndata_job\n\n{pairs} \n{table}")
        pipeline = {
            "pipeline_processes": {
                "rlnPipeLineProcessName": [f"{job}/"],
                "rlnPipeLineProcessAlias": ["None"],
            }
        }
        self.write(f"{job}/job_pipeline.star", pipeline)
        for name in ("run.out", "run.err", "RELION_JOB_EXIT_SUCCESS"):
            write_text(folder / name, "")
        write_text(folder / "note.txt", f" ++++ Executing new job {job}/\n")

    def write_pipeline(self):
        """Write the file that marks the folder of a project."""
        text = f"\n# version\n\ndata_pipeline_general\n\n{COUNTER}"
        write_text(self.project.folder / "default_pipeline.star", text)

    def optics(self, **more):
        """Return the table of optics; 3.0 has none."""
        if not self.has_optics:
            return {}
        pixel_size = self.project.pixel_size
        columns = {
            "rlnOpticsGroupName": ["opticsGroup1"],
            "rlnOpticsGroup": [1],
            "rlnMicrographOriginalPixelSize": [pixel_size],
            "rlnVoltage": [300.0],
            "rlnSphericalAberration": [2.7],
            "rlnAmplitudeContrast": [0.1],
            "rlnMicrographPixelSize": [pixel_size],
        }
        return {"optics": columns | more}

    def list_micrographs(self, path, columns):
        """Write a table of micrographs, with their optics."""
        if self.has_optics:
            name, group = "micrographs", {"rlnOpticsGroup": [1] * self.number}
        else:
            name, group = "", {}
        self.write(path, self.optics() | {name: columns | group})

    def write_import(self):
        names = {"rlnMicrographMovieName": [f"{m}.tiff" for m in self.movies]}
        groups = {"rlnOpticsGroup": [1] * self.number} if self.has_optics else {}
        name = "movies" if self.has_optics else ""
        optics = self.optics()
        optics.get("optics", {}).pop("rlnMicrographPixelSize", None)
        self.write("Import/job001/movies.star", optics | {name: names | groups})
        self.write_job("Import/job001")

    def write_motion_correction(self):
        job, project = "MotionCorr/job002", self.project
        for path, image in zip(project.paths, project.images, strict=True):
            file = project.folder / path
            write_image(file, image, project.pixel_size)
            spectrum = np.log1p(np.abs(np.fft.rfft2(image)))[:64, :64]
            write_image(
                file.with_name(f"{file.stem}_PS.mrc"), spectrum, project.pixel_size
            )
            frames = {
                "rlnMicrographFrameNumber": [1, 2],
                "rlnMicrographShiftX": [0.0, 0.25],
                "rlnMicrographShiftY": [0.0, -0.5],
            }
            self.write(Path(path).with_suffix(".star"), {"global_shift": frames})
        stems = [path.removesuffix(".mrc") for path in project.paths]
        columns = {
            "rlnCtfPowerSpectrum": [f"{stem}_PS.mrc" for stem in stems],
            "rlnMicrographName": project.paths,
            "rlnMicrographMetadata": [f"{stem}.star" for stem in stems],
            "rlnAccumMotionTotal": [14.467891] * self.number,
            "rlnAccumMotionEarly": [2.368204] * self.number,
            "rlnAccumMotionLate": [12.099687] * self.number,
        }
        self.list_micrographs(f"{job}/corrected_micrographs.star", columns)
        self.write_job(job)

    def ctf_columns(self):
        """Return the columns of ``micrographs_ctf.star``."""
        paths = self.project.paths
        columns = {
            "rlnMicrographName": paths,
            "rlnCtfImage": [f"CtfFind/job003/{m}_PS.ctf:mrc" for m in self.movies],
            "rlnDefocusU": [10865.006836] * self.number,
            "rlnDefocusV": [10571.461914] * self.number,
            "rlnCtfAstigmatism": [293.544922] * self.number,
            "rlnDefocusAngle": [79.13018] * self.number,
            "rlnCtfFigureOfMerit": [0.132045] * self.number,
            "rlnCtfMaxResolution": [4.841686] * self.number,
        }
        if not self.has_optics:
            # A pixel is rlnDetectorPixelSize (in micrometre) / rlnMagnification.
            columns |= {
                "rlnVoltage": [300.0] * self.number,
                "rlnSphericalAberration": [2.7] * self.number,
                "rlnAmplitudeContrast": [0.1] * self.number,
                "rlnMagnification": [10000.0] * self.number,
                "rlnDetectorPixelSize": [self.project.pixel_size] * self.number,
            }
        return columns

    def write_ctf(self):
        path = "CtfFind/job003/micrographs_ctf.star"
        self.list_micrographs(path, self.ctf_columns())
        self.write_job("CtfFind/job003")

    def coordinate_file(self, job, row, ending):
        """Return the path of the coordinate file of a micrograph."""
        return f"{job}/{self.movies[row]}{ending}"

    def write_index(self, job, name, rows):
        """Write the file that stands for all coordinates of a job."""
        if self.version in ("3.0", "3.1"):
            text = "CtfFind/job003/micrographs_ctf.star\n"
            write_text(self.project.folder / job / f"coords_suffix_{name}.star", text)
            return
        columns = {
            "rlnMicrographName": [self.project.paths[row] for row in rows],
            "rlnMicrographCoordinates": [
                self.coordinate_file(job, row, f"_{name}.star") for row in rows
            ],
        }
        self.write(f"{job}/{name}.star", {"coordinate_files": columns})

    def write_manual_picking(self):
        job = "ManualPick/job004"
        is_old = self.version in ("3.0", "3.1")
        kind = "rlnClassNumber" if is_old else "rlnParticleSelectionType"
        rows = [row for row, clicks in enumerate(self.project.labels) if len(clicks)]
        for row in rows:
            x, y = self.project.labels[row].T.tolist()
            columns = {
                "rlnCoordinateX": x,
                "rlnCoordinateY": y,
                kind: [2] * len(x),
                "rlnAnglePsi": ["  -999.00000"] * len(x),
                "rlnAutopickFigureOfMerit": ["  -999.00000"] * len(x),
            }
            self.write(
                self.coordinate_file(job, row, "_manualpick.star"), {"": columns}
            )
        self.write_index(job, "manualpick", rows)
        self.list_micrographs(f"{job}/micrographs_selected.star", self.ctf_columns())
        if not is_old:
            chosen = {
                "rlnMicrographName": self.project.paths,
                "rlnSelected": [1] * self.number,
            }
            self.write(f"{job}/local_selection.star", {"": chosen})
        self.write_job(job)

    def write_selection(self):
        name = "micrographs_selected" if self.version == "3.0" else "micrographs"
        columns = {
            c: [v for i, v in enumerate(values) if i != 1]
            for c, values in self.ctf_columns().items()
        }
        block = "micrographs" if self.has_optics else ""
        if self.has_optics:
            columns["rlnOpticsGroup"] = [1] * (self.number - 1)
        self.write(f"Select/job005/{name}.star", self.optics() | {block: columns})
        self.write_job("Select/job005")

    def write_picking(self):
        job = "AutoPick/job006"
        for row, points in enumerate(self.project.particles):
            x, y = points.T.tolist()
            scores = {"rlnAutopickFigureOfMerit": self.scores(row)}
            others = {"rlnClassNumber": [0] * len(x), "rlnAnglePsi": [0.0] * len(x)}
            is_old = self.version in ("3.0", "3.1")
            more = others | scores if is_old else scores | others
            columns = {"rlnCoordinateX": x, "rlnCoordinateY": y} | more
            self.write(self.coordinate_file(job, row, "_autopick.star"), {"": columns})
        self.write_index(job, "autopick", range(self.number))
        if self.version not in ("3.0", "3.1"):
            summary = {
                "rlnMicrographName": self.project.paths,
                "rlnGroupNrParticles": [len(p) for p in self.project.particles],
                "rlnAutopickFigureOfMerit": [0.1] * self.number,
            }
            self.write(f"{job}/summary.star", {"": summary})
        self.write_job(job)

    def scores(self, row):
        """Return the scores of the particles of a micrograph, which fall."""
        return np.linspace(0.2, 0.05, len(self.project.particles[row])).tolist()

    def write_extraction(self):
        for job, is_shifted in (("Extract/job007", False), ("Select/job008", True)):
            columns = self.particle_columns(is_shifted)
            size = {
                "rlnImagePixelSize": [self.project.pixel_size],
                "rlnImageSize": [64],
                "rlnImageDimensionality": [2],
            }
            name = "particles" if self.has_optics else ""
            self.write(f"{job}/particles.star", self.optics(**size) | {name: columns})
            self.write_job(job)

    def particle_columns(self, is_shifted):
        """Return the columns of ``particles.star``."""
        project = self.project
        counts = [len(points) for points in project.particles]
        points = np.concatenate(project.particles)
        shifts = (
            np.resize(SHIFTS, points.shape) if is_shifted else np.zeros_like(points)
        )
        # A shift is subtracted: it moves the image, and so the centre the other way.
        x, y = (points + shifts / project.pixel_size).T.tolist()
        n = len(x)
        columns = {
            "rlnCoordinateX": x,
            "rlnCoordinateY": y,
            "rlnAutopickFigureOfMerit": [
                score for row in range(self.number) for score in self.scores(row)
            ],
            "rlnClassNumber": [0] * n,
            "rlnAnglePsi": [0.0] * n,
            "rlnImageName": [
                f"{number:06d}@Extract/job007/{self.movies[row]}.mrcs"
                for row, count in enumerate(counts)
                for number in range(1, count + 1)
            ],
            "rlnMicrographName": np.repeat(project.paths, counts).tolist(),
            "rlnDefocusU": [10865.006836] * n,
            "rlnDefocusV": [10571.461914] * n,
            "rlnDefocusAngle": [79.13018] * n,
        }
        if self.has_optics:
            columns["rlnOpticsGroup"] = [1] * n
        else:
            columns["rlnMagnification"] = [10000.0] * n
            columns["rlnDetectorPixelSize"] = [project.pixel_size] * n
        if is_shifted:
            # In angstrom since 3.1, in pixels before.
            unit = "Angst" if self.has_optics else ""
            scaled = shifts if self.has_optics else shifts / project.pixel_size
            for axis, values in zip("XY", scaled.T.tolist(), strict=True):
                columns[f"rlnOrigin{axis}{unit}"] = values
        return columns
