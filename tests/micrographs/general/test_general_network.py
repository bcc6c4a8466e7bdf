import json
import subprocess
import sys

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from pusklearn.micrographs.general._general_calibration import GeneralCalibration
from pusklearn.micrographs.general._general_network import (
    FORMAT,
    SHIPPED,
    read_general_network,
    write_general_network,
)
from pusklearn.modules import MLP, ConvNet, ResNet8

DIAMETERS = {"diameter": 20, "least_diameter": 15, "greatest_diameter": 30}
CALIBRATION = GeneralCalibration((-4.0, 0.0), (-3.0, 2.5), (-1.0, 0.5), (0.9, 1.2))


@pytest.fixture
def specification():
    return ConvNet(31, units=2, input_dropout=0.3)


@pytest.fixture
def state(specification):
    torch.manual_seed(0)
    network = specification.build((31, 31))
    # The training gives weights another order in memory.
    return network.to(memory_format=torch.channels_last).state_dict()


@pytest.fixture
def file(tmp_path, specification, state):
    path = tmp_path / "network.safetensors"
    write_general_network(
        path,
        specification,
        state,
        prior=0.02,
        **DIAMETERS,
        step=4,
        made_by="a test",
    )
    return path


def test_what_is_written_is_read(file, specification, state):
    network = read_general_network(str(file))
    assert network.module == "ConvNet"
    assert network.parameters == specification.get_params()
    assert network.spans == (15.0, 20.0, 30.0)
    assert (network.step, network.prior, network.made_by) == (4, 0.02, "a test")
    assert network.weights.keys() == state.keys()
    for name, weight in state.items():
        assert torch.equal(network.weights[name], weight)
        assert network.weights[name].is_contiguous()


def test_a_calibration_is_written_beside_the_same_weights(
    tmp_path, file, specification, state
):
    assert read_general_network(file).calibration is None
    path = tmp_path / "calibrated.safetensors"
    given = {"prior": 0.02, "step": 4, "made_by": "a test", **DIAMETERS}
    write_general_network(path, specification, state, **given, calibration=CALIBRATION)
    assert read_general_network(path).calibration == CALIBRATION
    plain, calibrated = file.read_bytes(), path.read_bytes()
    size = sum(weight.nbytes for weight in state.values())
    assert plain[-size:] == calibrated[-size:]
    wrong = CALIBRATION._replace(slopes=())
    with pytest.raises(ValueError, match="slopes of a calibration"):
        write_general_network(path, specification, state, **given, calibration=wrong)
    assert path.read_bytes() == calibrated


@pytest.mark.parametrize(
    "text",
    [
        "half",
        '{"scores": [0, 1]}',
        "[0, 1]",
        '{"scores": [1, 0], "log_odds": [0, 1], "offsets": [0], "slopes": [1]}',
        '{"scores": [0, 1], "log_odds": ["low", 1], "offsets": [0], "slopes": [1]}',
    ],
    ids=["no JSON", "too little", "a list", "order", "a word"],
)
def test_a_file_with_another_calibration_is_refused(tmp_path, file, text):
    with safe_open(file, "pt") as opened:
        metadata = opened.metadata()
    path = tmp_path / "wrong.safetensors"
    save_file(load_file(file), path, metadata | {"calibration": text})
    with pytest.raises(ValueError, match=r"wrong.safetensors holds no general network"):
        read_general_network(path)


def test_the_file_is_one_of_safetensors_whose_metadata_say_what_it_is(file, state):
    weights = load_file(file)
    assert all(torch.equal(weights[name], state[name]) for name in state)
    with safe_open(file, "pt") as opened:
        metadata = opened.metadata()
    assert metadata["format"] == "pusklearn general network 1"
    assert json.loads(metadata["module"])["name"] == "ConvNet"
    assert metadata["diameter"] == "20.0"
    assert metadata["least_diameter"] == "15.0"


def test_the_same_network_gives_the_same_bytes_in_every_process(file):
    """The order of safetensors' metadata differs from one process to another."""
    again = file.with_name("again.safetensors")
    program = (
        "import sys\n"
        "from pusklearn.micrographs.general._general_network import *\n"
        "from pusklearn.modules import ConvNet\n"
        "n = read_general_network(sys.argv[1])\n"
        "write_general_network(sys.argv[2], ConvNet(**n.parameters), n.weights,\n"
        "    prior=n.prior, diameter=n.diameter, least_diameter=n.least_diameter,\n"
        "    greatest_diameter=n.greatest_diameter, step=n.step, made_by=n.made_by)"
    )
    subprocess.run([sys.executable, "-c", program, str(file), str(again)], check=True)
    assert again.read_bytes() == file.read_bytes()


def test_it_is_read_without_scikit_learn():
    program = (
        "import sys\n"
        "from pusklearn.micrographs.general._general_network import *\n"
        "read_general_network()\n"
        "assert 'sklearn' not in sys.modules\n"
        "assert 'pandas' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_the_network_that_ships_is_small_and_says_what_made_it():
    assert SHIPPED.stat().st_size <= 2_000_000
    network = read_general_network()
    assert network.made_by
    least, best, greatest = network.spans
    assert least < best < greatest


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"step": 0}, "`step` must be an integer"),
        ({"prior": 0}, "`prior` must be a number"),
        ({"least_diameter": 21}, "in ascending order"),
    ],
    ids=["step", "prior", "diameters"],
)
def test_what_cannot_be_is_not_written(
    tmp_path, specification, state, changes, message
):
    path = tmp_path / "network.safetensors"
    given = {"prior": 0.1, **DIAMETERS, **changes}
    with pytest.raises(ValueError, match=message):
        write_general_network(path, specification, state, **given)
    assert not path.exists()


def test_other_networks_than_those_of_the_library_are_not_written(tmp_path):
    with pytest.raises(
        ValueError, match=r"one of ConvNet, ResNet8, ResNet16\. Got MLP"
    ):
        write_general_network(
            tmp_path / "a.safetensors", MLP(), {}, prior=0.1, **DIAMETERS
        )


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_of_a_training_that_has_diverged_are_neither_written_nor_read(
    tmp_path, file, specification, state, value
):
    name = next(iter(state))
    wrong = state | {name: state[name].clone()}
    wrong[name][(0,) * wrong[name].ndim] = value
    path = tmp_path / "wrong.safetensors"
    with pytest.raises(ValueError, match=f"must be finite.* 1 of .* such as {name}"):
        write_general_network(path, specification, wrong, prior=0.02, **DIAMETERS)
    assert not path.exists()
    with safe_open(file, "pt") as opened:
        metadata = opened.metadata()
    rows = {key: tensor.contiguous() for key, tensor in wrong.items()}
    save_file(rows, path, metadata)
    with pytest.raises(ValueError, match=r"wrong.safetensors holds no .* finite"):
        read_general_network(path)


def test_a_residual_network_is_written_too(tmp_path):
    specification = ResNet8(units=2)
    state = specification.build((71, 71)).state_dict()
    path = tmp_path / "network.safetensors"
    write_general_network(path, specification, state, prior=0.1, **DIAMETERS)
    assert read_general_network(path).module == "ResNet8"


@pytest.mark.parametrize(
    "changes",
    [
        {"format": "another"},
        {"module": '{"name": "Network", "parameters": {}}'},
        {"module": "ConvNet"},
        {"module": "[]"},
        {"diameter": "wide"},
        {"least_diameter": "40"},
        {"step": "half"},
        {"prior": None},
    ],
    ids=["format", "name", "json", "list", "number", "order", "integer", "missing"],
)
def test_metadata_that_are_wrong_are_refused(file, tmp_path, changes):
    with safe_open(file, "pt") as opened:
        metadata = {**opened.metadata(), **changes}
    metadata = {key: value for key, value in metadata.items() if value is not None}
    path = tmp_path / "wrong.safetensors"
    save_file(load_file(file), path, metadata)
    with pytest.raises(ValueError, match=r"wrong.safetensors holds no general network"):
        read_general_network(path)


def test_another_file_is_refused(tmp_path):
    path = tmp_path / "other"
    path.write_bytes(b"no safetensors at all")
    with pytest.raises(ValueError, match="other holds no general network"):
        read_general_network(path)
    save_file({"a": torch.zeros(2)}, path)
    with pytest.raises(ValueError, match=r"other holds no general network.*metadata"):
        read_general_network(path)
    with pytest.raises(FileNotFoundError):
        read_general_network(tmp_path / "missing")


def test_the_format_is_named(file):
    assert FORMAT.encode() in file.read_bytes()
