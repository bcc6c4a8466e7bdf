"""What is lost and won if a picker computes fewer products."""

from time import process_time

import numpy as np
from label_study_methods import DEFAULT, new_picker
from picking_data import DATA_SETS, QUICK_DATA, draw, judge, train_briefly
from resumable import DATA

PRODUCTS_COLUMNS = ["data", "exact", "exact_s", "step_2", "step_2_s", "low", "low_s"]


def products(quick):
    """Measure what is lost and won by fewer products, from 100 labels of each set."""
    for data in QUICK_DATA if quick else DATA_SETS:
        rows = []
        for seed in range(1 if quick else 3) if data.is_available(DATA) else ():
            n_labels = 10 if quick else 100
            train, labels, test, particles = draw(data, DATA, n_labels, seed)
            picker = new_picker(DEFAULT, data, seed)
            if quick:
                train_briefly(picker, 5)
            normal = picker.fit(train, labels)[:2].transform(test)
            row = []
            for step, low_rank in ((1, False), (2, False), (2, True)):
                picker["score"].set_params(step=step, low_rank=low_rank)
                start = process_time()
                picks = picker[2:].predict(normal)
                row += [*judge(particles, picks, data.match_radius)]
                row += [process_time() - start]
            rows.append(row)
        if rows:
            yield data.name, *np.mean(rows, 0)
