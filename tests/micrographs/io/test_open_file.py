import gzip
import socket
import sys
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor

import mrcfile
import numpy as np
import pytest
import tifffile

from pusklearn.io import read_micrograph


def test_the_first_bytes_tell_whether_a_file_is_compressed(tmp_path):
    mrcfile.write(tmp_path / "a", np.eye(4, dtype="f4"))
    (tmp_path / "a.mrc").write_bytes(gzip.compress((tmp_path / "a").read_bytes()))
    np.testing.assert_array_equal(read_micrograph(tmp_path / "a.mrc"), np.eye(4))


def test_a_compressed_tiff_file_is_refused(tmp_path):
    tifffile.imwrite(tmp_path / "a.tif", np.zeros((4, 5), "u2"))
    (tmp_path / "a.tif.gz").write_bytes(
        gzip.compress((tmp_path / "a.tif").read_bytes())
    )
    with pytest.raises(ValueError, match=r"a.tif.gz is a compressed TIFF file. Unpack"):
        read_micrograph(tmp_path / "a.tif.gz")


def test_sockets_and_devices_are_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as end:
        end.bind("a.mrc")
        with pytest.raises(ValueError, match=r"a.mrc must be a file. It is a socket"):
            read_micrograph("a.mrc")
    with pytest.raises(ValueError, match="It is a device"):
        read_micrograph("/dev/zero")


def test_reading_in_threads_leaves_filters_and_loggers_alone(tmp_path):
    paths = []
    for number in range(8):
        mrcfile.write(tmp_path / f"{number}.mrc", np.eye(4, dtype="f4"))
        tifffile.imwrite(tmp_path / f"{number}.tif", np.eye(4, dtype="f4"))
        paths += [tmp_path / f"{number}.mrc", tmp_path / f"{number}.tif"]
    interval, before = sys.getswitchinterval(), list(warnings.filters)
    handlers = list(tifffile.tifffile.logger().handlers)
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as pool:
            micrographs = list(pool.map(read_micrograph, paths * 3))
    finally:
        sys.setswitchinterval(interval)
    assert len(micrographs) == 48
    assert warnings.filters == before
    assert tifffile.tifffile.logger().handlers == handlers
    assert threading.active_count() < 20
