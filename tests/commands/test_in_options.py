import pytest

from pusklearn.commands._in_options import in_options


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (
            '`outside="warn"` leaves such particles out.',
            "--outside warn leaves such particles out.",
        ),
        ("`apply_shifts=True` subtracts them", "--shifts subtracts them"),
        ("or as `pixel_size=1` if this is it", "or as --pixel-size 1 if this is it"),
        ("give it, as in `pixel_size=1.06`.", "give it, as in --pixel-size 1.06."),
        ("of your own, make_picker('9A').", "of your own, `pusklearn train`."),
        ("`particles_per_micrograph` counts all", "--count counts all"),
        ("`device` must be 'auto'", "--device must be 'auto'"),
        (
            "as in read_coordinates(path, apply_shifts=True, pixel_size=1.06).",
            "as in --shifts --pixel-size 1.06.",
        ),
        (
            "as in read_micrographs(paths, pixel_size=1.5) or "
            "Micrograph(image, pixel_size=1.5), or give the length in pixels.",
            "as in --pixel-size 1.5, or give the length in pixels.",
        ),
        (
            "Rename the file or its folder, or give `star_name`, such as '{name}.mrc', "
            "to leave the folders out.",
            "Rename the file or its folder.",
        ),
        # These are no parameters.
        ("every micrograph needs its `pixel_size`.", None),
        ("outside=3 of `n_outside=3` are outside", None),
        ("`table['micrograph']` (outside)", None),
    ],
)
def test_parameters_become_options(said, shown):
    assert in_options(said) == (said if shown is None else shown)


def test_ways_out_of_python_are_left_out(pusklearn_command, small, tmp_path):
    mics, job = small.folder / "mics", tmp_path / "project/AutoPick"
    job.mkdir(parents=True)
    (tmp_path / "project/default_pipeline.star").touch()
    result = pusklearn_command(
        "pick", small.model, mics, "--format", "relion", "--output", job
    )
    assert result.exit_code == 1
    assert result.stderr.endswith("'MotionCorr/job002/corrected_micrographs.star'.\n")
    result = pusklearn_command(
        "convert", small.clicks, tmp_path / "a.cs", "--micrographs", mics
    )
    assert result.exit_code == 1
    assert result.stderr.endswith("the .cs file of exposures of cryoSPARC.\n")


@pytest.mark.filterwarnings("default")
def test_the_library_speaks_of_options(pusklearn_command, small, tmp_path):
    outside = tmp_path / "outside.csv"
    outside.write_text("micrograph,x,y\nsimulated_0000,3,400\n")
    result = pusklearn_command(
        "convert", outside, tmp_path / "a.star", "--micrographs", small.folder / "mics"
    )
    assert result.exit_code == 1
    assert "--outside warn leaves such particles out" in result.stderr
    assert "`outside" not in result.stderr
