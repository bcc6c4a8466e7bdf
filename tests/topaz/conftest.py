"""Images as RELION leaves them, their lists, and a model of a small network."""

from pathlib import Path
from typing import NamedTuple

import mrcfile
import numpy as np
import pytest

from pusklearn.datasets import make_micrographs
from pusklearn.modules import ConvNet
from pusklearn.topaz import _training
from pusklearn.topaz._labelled_images import LabelledImages
from pusklearn.topaz._main import main
from pusklearn.topaz._new_picker import new_picker
from pusklearn.topaz._training import save_model, zeros_of


class Project(NamedTuple):
    """A folder with images and the particles of each, by name."""

    folder: Path
    images: dict
    particles: dict

    def text(self, name):
        return (self.folder / name).read_text()


def target_text(particles):
    rows = [
        f"{name}\t{round(x)}\t{round(y)}\n"
        for name, points in particles.items()
        for x, y in points
    ]
    return "".join(["image_name\tx_coord\ty_coord\n", *rows])


def list_text(folder, names):
    rows = [f"{name}\t{folder / 'proc' / name}.mrc\n" for name in names]
    return "".join(["image_name\tpath\n", *rows])


@pytest.fixture(scope="session")
def drawn():
    """Four images, 128 x 160, and their particles."""
    return make_micrographs(4, size=(128, 160), n_particles=10, random_state=0)


@pytest.fixture(scope="session")
def made(tmp_path_factory, drawn):
    folder = tmp_path_factory.mktemp("relion")
    (folder / "proc").mkdir()
    images, particles = {}, {}
    for number, (image, points) in enumerate(zip(*drawn, strict=True)):
        name = f"mic{number:06}"
        pixels = np.asarray(image, np.float32)
        images[name] = (pixels - pixels.mean()) / pixels.std()
        particles[name] = points
        file = folder / "proc" / f"{name}.mrc"
        # RELION leaves the pixel size of the micrograph before it was made smaller.
        mrcfile.write(file, images[name], voxel_size=0.885)
    names = list(images)
    for kind, part in (("train", names[:3]), ("test", names[3:])):
        labels = {name: particles[name][:4] for name in part}
        (folder / f"proc/image_list_{kind}.txt").write_text(list_text(folder, part))
        (folder / f"proc/target_list_{kind}.txt").write_text(target_text(labels))
    return Project(folder, images, particles)


@pytest.fixture
def project(made, monkeypatch):
    """The project, in whose folder the program runs."""
    monkeypatch.chdir(made.folder)
    return made


@pytest.fixture(scope="session")
def fitted(drawn):
    """A picker that has hardly been trained, and what `train` saves with it."""
    images, particles = drawn
    learnt = LabelledImages(images[:3], [points[:10] for points in particles[:3]])
    options = {"num_particles": 20.0, "radius": 3.0}
    picker = new_picker(options, ConvNet(31, units=4), learnt.mean_count, "cpu", [])
    picker.set_params(
        score__classifier__max_epochs=2, score__classifier__steps_per_epoch=20
    )
    picker.fit(learnt.images, learnt.particles)
    picker.set_params(score__classifier__callbacks=None)
    return picker, zeros_of(picker, learnt, 20.0)


@pytest.fixture(scope="session")
def model(fitted, tmp_path_factory):
    """The file of a model."""
    path = tmp_path_factory.mktemp("model") / "model_epoch10.sav"
    save_model(*fitted, path)
    return path


@pytest.fixture
def short_training(monkeypatch, few_examples):
    """Cut trainings short after four updates of small batches."""

    def short_picker(*arguments):
        return new_picker(*arguments).set_params(
            score__classifier__max_epochs=2,
            score__classifier__steps_per_epoch=2,
            score__classifier__batch_size=32,
        )

    monkeypatch.setattr(_training, "new_picker", short_picker)


@pytest.fixture
def run(capsys):
    """Run the program in this process; give its status and what it wrote."""

    def call(*arguments):
        try:
            status = main([str(argument) for argument in arguments])
        except SystemExit as end:
            status = end.code
        written = capsys.readouterr()
        return status, written.out, written.err

    return call
