import json
import os
import pickle
import struct
import subprocess
import sys
import zipfile

import joblib
import pytest
import torch
from safetensors.torch import save

from pusklearn.saving import _archive
from pusklearn.saving._archive import digest, read_archive, write_archive

DOCUMENTS = {"estimator.json": {"a": [1, None, 1.5, "é"]}, "scoring.json": []}
TENSORS = {"a": torch.arange(6.0).reshape(2, 3), "b": torch.tensor([True])}


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "a.pusk"
    write_archive(path, DOCUMENTS, TENSORS)
    return path


def members_of(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def put_together(path, members, **options):
    """Write members with a manifest that fits them, unless they hold one."""
    members = {name: bytes(data) for name, data in members.items()}
    sums = {name: digest(data) for name, data in members.items()}
    manifest = {"format": "pusklearn", "version": 1, "pusklearn": "1", "sha256": sums}
    members = {"manifest.json": json.dumps(manifest).encode(), **members}
    with zipfile.ZipFile(path, "w", **options) as archive:
        for name, data in members.items():
            archive.writestr(name, data)


def changed(path, **members):
    """Write the members of a file with some others in their place."""
    old = members_of(path)
    del old["manifest.json"]
    put_together(path, {**old, **members})


def test_what_is_written_is_read(path):
    documents, tensors = read_archive(path)
    assert documents == DOCUMENTS
    assert tensors.keys() == TENSORS.keys()
    assert all(torch.equal(tensors[name], TENSORS[name]) for name in TENSORS)


def test_tensors_may_share_memory_and_lie_in_any_order(tmp_path):
    whole = torch.arange(24.0).reshape(2, 3, 2, 2)
    given = {"a": whole[1:], "b": whole.mT, "c": whole, "d": torch.empty(0, 3)}
    given["e"] = whole.to(memory_format=torch.channels_last)
    write_archive(tmp_path / "a", {}, given)
    tensors = read_archive(tmp_path / "a")[1]
    assert all(torch.equal(tensors[name], given[name]) for name in given)


def test_the_same_gives_the_same_bytes(path, tmp_path):
    write_archive(tmp_path / "b", DOCUMENTS, TENSORS)
    assert path.read_bytes() == (tmp_path / "b").read_bytes()


def test_nothing_slow_is_loaded():
    program = (
        "import sys, pusklearn.saving._archive; "
        "print({'sklearn', 'pandas', 'scipy', 'skorch'} & set(sys.modules))"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert result.stdout == "set()\n"


def test_a_later_version_is_told(path, monkeypatch):
    monkeypatch.setattr(_archive, "VERSION", 2)
    write_archive(path, DOCUMENTS, TENSORS)
    monkeypatch.undo()
    with pytest.raises(ValueError, match=r"a\.pusk.* version 2 .* later pusklearn"):
        read_archive(path)


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("pickle", pickle.dump),
        ("joblib", joblib.dump),
        ("joblib compressed", joblib.dump),
        ("torch", torch.save),
    ],
)
def test_pickles_are_refused_in_a_sentence(tmp_path, name, write):
    path = tmp_path / "model"
    options = {"compress": 3} if "compressed" in name else {}
    with path.open("wb") as file:
        write({"a": torch.zeros(3)}, file, **options)
    with pytest.raises(ValueError, match=r"model.*[pP]ickles run code when they are"):
        read_archive(path)


@pytest.mark.parametrize(
    "name",
    ["../evil", "/etc/evil", "estimator.json/../../evil", "x.json"],
)
def test_other_members_are_refused(path, name):
    changed(path, **{name: b"{}"})
    with pytest.raises(ValueError, match=r"a\.pusk.* part that is not known"):
        read_archive(path)
    assert os.listdir(path.parent) == ["a.pusk"]


def test_a_member_that_is_there_twice_is_refused(path):
    with (
        zipfile.ZipFile(path, "a") as archive,
        pytest.warns(UserWarning, match="Duplicate name"),
    ):
        archive.writestr("estimator.json", "{}")
    with pytest.raises(ValueError, match=r"'estimator\.json' is there twice"):
        read_archive(path)


@pytest.mark.parametrize(
    "method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
def test_bombs_are_refused(path, method):
    members = members_of(path)
    bomb = b"[" + b" " * 2**22 + b"]"
    put_together(path, {**members, "scoring.json": bomb}, compression=method)
    assert path.stat().st_size < 2**16
    with pytest.raises(ValueError, match="is compressed, or encrypted"):
        read_archive(path)


def test_a_name_with_a_hidden_end_is_refused(path):
    """The name that zipfile shows ends at the zero."""
    members = members_of(path)
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name.replace("scoring.json", "scoring.jsonX"), data)
    data = path.read_bytes()
    path.write_bytes(data.replace(b"scoring.jsonX", b"scoring.json\0"))
    with pytest.raises(ValueError, match=r"part that is not known, 'scoring\.json.x00"):
        read_archive(path)


def edit_directory(path, name, at, value, code):
    """Change one field of an entry of the directory."""
    data = bytearray(path.read_bytes())
    start = data.rindex(name) - 46
    assert data[start : start + 4] == b"PK\x01\x02"
    struct.pack_into(code, data, start + at, value)
    path.write_bytes(data)


@pytest.mark.parametrize(
    ("at", "value", "code", "message"),
    [
        (8, 1, "<H", "is compressed, or encrypted"),
        (20, 2**31, "<L", "has two sizes"),
        (24, 2**31, "<L", "has two sizes"),
        (42, 2**31, "<L", "damaged"),
        (42, 0, "<L", "damaged"),
    ],
    ids=["encrypted", "packed size", "size", "far away", "elsewhere"],
)
def test_wrong_directories_are_refused(path, at, value, code, message):
    edit_directory(path, b"scoring.json", at, value, code)
    with pytest.raises(ValueError, match=message):
        read_archive(path)


def test_parts_larger_than_the_file_are_refused(path):
    for at in (20, 24):
        edit_directory(path, b"scoring.json", at, 2**31, "<L")
    with pytest.raises(ValueError, match="Its parts have 2147"):
        read_archive(path)


def test_many_parts_are_refused(path):
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(200):
            archive.writestr(str(number), "")
    with pytest.raises(ValueError, match="It has 200 parts"):
        read_archive(path)


@pytest.mark.parametrize("name", ["estimator.json", "tensors.safetensors"])
def test_missing_members_are_told(path, name):
    members = members_of(path)
    del members[name]
    with zipfile.ZipFile(path, "w") as archive:
        for other, data in members.items():
            archive.writestr(other, data)
    with pytest.raises(ValueError, match=f"{name}' is missing"):
        read_archive(path)


def test_a_member_that_nobody_announced_is_refused(path):
    members = members_of(path)
    with zipfile.ZipFile(path, "w") as archive:
        manifest = json.loads(members["manifest.json"])
        del manifest["sha256"]["scoring.json"]
        members["manifest.json"] = json.dumps(manifest)
        for name, data in members.items():
            archive.writestr(name, data)
    with pytest.raises(
        ValueError, match=r"scoring\.json' is missing, or not announced"
    ):
        read_archive(path)


def test_a_change_in_silence_is_found(path):
    members = members_of(path)
    members["scoring.json"] = b"{}"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    with pytest.raises(ValueError, match=r"scoring\.json' is not what was written"):
        read_archive(path)


BEGINNING = '{"format": "pusklearn", "version": 1, "pusklearn": "1"'


@pytest.mark.parametrize(
    ("manifest", "message"),
    [
        ("[]", "is not one of pusklearn"),
        ('{"format": "skops"}', "is not one of pusklearn"),
        (BEGINNING.replace('1, "p', 'true, "p') + "}", "no version"),
        (BEGINNING.replace('1, "p', '"1", "p') + "}", "no version"),
        (BEGINNING.replace('1, "p', '0, "p') + "}", "no version"),
        (BEGINNING.replace('"1"', "1") + "}", "no version"),
        (BEGINNING + "}", "no checksums"),
        (BEGINNING + ', "sha256": {"a": 1}}', "no checksums"),
        ("{", "damaged"),
        ("\xff", "damaged"),
    ],
    ids=range(10),
)
def test_wrong_manifests_are_refused(path, manifest, message):
    members = members_of(path)
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            is_manifest = name == "manifest.json"
            archive.writestr(name, manifest.encode("latin-1") if is_manifest else data)
    with pytest.raises(ValueError, match=message):
        read_archive(path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"[" * 100_000, "damaged"),
        (b"[" * 100_000 + b"]" * 100_000, "nested too deeply"),
        (b"[" * 101 + b"]" * 101, "nested too deeply"),
        (b"[" + b"[]," * 2**20 + b"[]]", "too large"),
        (b"[" + b" " * 2**25 + b"]", "too large"),
        (b"[NaN]", "NaN is not JSON"),
        (b"[-Infinity]", "-Infinity is not JSON"),
        (b'{"a": 1, "a": 2}', "A key comes twice"),
        (b"[" + b"9" * 5000 + b"]", "damaged"),
        (b"\xff\xfe[]", "damaged"),
        (b"", "damaged"),
    ],
    ids=[
        *("cut", "very deep", "deep", "brackets", "bytes", "nan", "infinity"),
        *("twice", "long number", "code", "empty"),
    ],
)
def test_wrong_documents_are_refused(path, text, message):
    changed(path, **{"estimator.json": text})
    with pytest.raises(ValueError, match=message):
        read_archive(path)


def test_wrong_tensors_are_refused(path):
    good = save(TENSORS)
    large = json.dumps(
        {"a": {"dtype": "F32", "shape": [2**40], "data_offsets": [0, 4]}}
    )
    for data in (
        b"",
        good[:-1],
        good + b"\0",
        b"\xff" * 8 + good[8:],
        len(large).to_bytes(8, "little") + large.encode() + bytes(4),
        (2**26).to_bytes(8, "little") + b"{" + b" " * 2**26,
    ):
        changed(path, **{"tensors.safetensors": data})
        with pytest.raises(ValueError, match=r"a\.pusk"):
            read_archive(path)


def test_cut_and_extended_files_are_refused(path):
    data = path.read_bytes()
    for damaged in (
        *(data[:length] for length in range(0, len(data), 7)),
        data + b"\0",
        b"\0" + data,
        data + data,
    ):
        path.write_bytes(damaged)
        with pytest.raises(ValueError, match=r"a\.pusk"):
            read_archive(path)


def test_a_zip_of_others_is_refused(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("schema.json", "{}")
    with pytest.raises(ValueError, match=r"a zip without a part 'manifest\.json'"):
        read_archive(path)


def test_folders_and_missing_files(path):
    with pytest.raises(FileNotFoundError, match="none"):
        read_archive(path.parent / "none")
    with pytest.raises(ValueError, match="is a folder or a device"):
        read_archive(path.parent)


def test_what_could_not_be_read_is_not_written(path):
    before = path.read_bytes()
    with pytest.raises(ValueError, match=r"a\.pusk is not written.*joblib\.dump"):
        write_archive(path, {"estimator.json": [[]] * 2**20}, {})
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_archive(path, {"estimator.json": [float("nan")]}, {})
    with pytest.raises(ValueError, match="neither a file nor a link"):
        write_archive(path.parent, {}, {})
    assert path.read_bytes() == before
