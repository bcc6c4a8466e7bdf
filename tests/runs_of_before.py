"""The folder of a run as earlier versions have left it."""

import json

import numpy as np

from pusklearn.commands._pick_journal import JOURNAL


def keep_picks_alone(folder="out"):
    """Let a journal be as that of an earlier version, which had no other peaks."""
    with open(f"{folder}/run.json") as file:
        threshold = json.load(file)["threshold_value"]
    with open(f"{folder}/{JOURNAL}") as file:
        entries = [json.loads(line) for line in file]
    for entry in entries:
        points = np.reshape(entry["picks"], (-1, 3))
        entry["picks"] = points[points[:, 2] > threshold].ravel().tolist()
        entry["threshold"] = threshold
        del entry["defocus"]
    with open(f"{folder}/{JOURNAL}", "w") as file:
        file.writelines(json.dumps(entry) + "\n" for entry in entries)
