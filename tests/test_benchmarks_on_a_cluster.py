"""Studies whose fits run on the workers of a dask cluster."""

import pandas as pd
import pytest
from cluster_tools import EndsWorkers, start
from distributed import Client

STUDY = ["--quick", "--data", "globular", "--labels", "10", "5"]
METHODS = "^(reference images|GE-binomial|general start)$"


def rows_of(folder):
    """Return the table of a study, without the seconds, in the order of its plan."""
    table = pd.read_csv(folder / "label_study.csv")
    table = table.drop(columns=["fit_seconds", "pick_seconds"])
    return table.sort_values(["labels", "method"]).reset_index(drop=True)


@pytest.mark.slow  # The workers import PyTorch, one of them twice.
def test_a_study_of_labels_on_a_cluster_loses_nothing(load, tmp_path):
    study = load("label_study")
    together, alone = tmp_path / "together", tmp_path / "alone"
    study.main([*STUDY, "--methods", METHODS, "--jobs", "1", "--out", str(alone)])
    with start(2) as cluster, Client(cluster, set_as_default=False) as client:
        arguments = [*STUDY, "--dask", cluster.scheduler_address, "--out"]
        arguments += [str(together), "--methods"]
        study.main([*arguments, "reference"])
        first = rows_of(together)
        # A worker dies in the middle of a fit; its fits go to the other one.
        client.register_plugin(
            EndsWorkers("picking_data", "judge", once=tmp_path / "killed")
        )
        study.main([*arguments, METHODS])
    assert (tmp_path / "killed").exists()
    table = rows_of(together)
    # What was there has not been measured again, and the rest is as in one process.
    lines = (together / "label_study.csv").read_text().splitlines()
    assert len(first) == 2
    assert (
        pd.read_csv(together / "label_study.csv").method[:2].tolist()
        == ["reference images"] * 2
    )
    assert len(lines) == 1 + len(table)
    pd.testing.assert_frame_equal(table, rows_of(alone))
