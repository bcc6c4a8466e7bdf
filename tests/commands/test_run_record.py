import json

import pytest

from pusklearn.commands._run_record import (
    FIXED,
    RECORD,
    check_goes_on,
    read_record,
    versions,
    write_record,
)

SETTINGS = dict.fromkeys(FIXED, "x") | {"command": "pick", "threshold": -2.5}


def test_what_is_written_is_read_again(tmp_path):
    assert read_record(tmp_path) is None
    write_record(tmp_path, SETTINGS)
    assert read_record(tmp_path) == SETTINGS
    assert not list(tmp_path.glob(".pusklearn-*"))


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"command": "train"}', "\x00"])
def test_a_file_of_something_else_is_refused(tmp_path, text):
    (tmp_path / RECORD).write_text(text)
    with pytest.raises(ValueError, match="was not written by `pusklearn pick`"):
        read_record(tmp_path)


@pytest.mark.parametrize("key", sorted(FIXED))
def test_other_settings_are_named(tmp_path, key):
    check_goes_on(SETTINGS, dict(SETTINGS), tmp_path)
    with pytest.raises(ValueError, match="--overwrite to pick everything") as caught:
        check_goes_on(SETTINGS, SETTINGS | {key: "y"}, tmp_path)
    assert f"{FIXED[key]} ({SETTINGS[key]!r} then, 'y' now)" in str(caught.value)


def test_another_threshold_goes_on_with_all_peaks(tmp_path):
    others = SETTINGS | {"threshold": "none", "count": 7.0}
    check_goes_on(SETTINGS, others, tmp_path, has_all=True)
    with pytest.raises(ValueError, match="with other settings: --format"):
        check_goes_on(SETTINGS, others | {"format": "y"}, tmp_path, has_all=True)


def test_the_versions_are_those_that_are_installed():
    import torch

    assert torch.__version__.startswith(versions()["torch"].split("+")[0])
    assert json.dumps(versions())
