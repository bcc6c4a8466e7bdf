"""What the default settings have to reach in the study of labels."""

from study_data import DATA_SETS
from study_methods import DEFAULT, ESTIMATED, REFERENCE
from study_tables import data_sets, differences, markdown, pairs

# Lead over reference images, greatest loss from a prior that is off by 2, and greatest
# error of an estimated one.
LEAD, LEAD_ON_SIMULATED, LOSS, ERROR = 0.0, 0.08, 0.02, 0.3


def goal_table(table):
    """Return what the default has to reach: a lead, and little harm from a prior."""
    lines = []
    for name in data_sets(table):
        lead = differences(table, name, 100, DEFAULT, REFERENCE)
        wanted = LEAD_ON_SIMULATED if DATA_SETS[name].is_simulated else LEAD
        title = f"{name}, 100 labels: lead over {REFERENCE}"
        lines.append(goal_line(title, lead, wanted))
        for method in ("prior x 2", "prior / 2"):
            loss = differences(table, name, 100, method, DEFAULT)
            lines.append(goal_line(f"{name}, 100 labels: {method}", loss, -LOSS))
        ratio = prior_ratios(table, name, 100)
        lines.append(ratio_line(f"{name}, 100 labels: {ESTIMATED}, mean error", ratio))
    lines = [line for line in lines if line]
    return markdown(["goal", "wanted", "reached", ""], lines) if lines else ""


def goal_line(title, difference, wanted):
    if not len(difference):
        return None
    reached = difference.mean()
    verdict = "reached" if round(reached, 3) >= wanted else "**missed**"
    return title, f"at least {wanted:+.2f}", f"{reached:+.3f}", verdict


def ratio_line(title, ratio):
    if not len(ratio):
        return None
    error = (ratio - 1).abs().mean()
    verdict = "reached" if error <= ERROR else "**missed**"
    return title, f"at most {ERROR:.0%}", f"{error:.0%}", verdict


def prior_ratios(table, name, labels):
    """Return the estimated prior over the one told, of each draw that has both."""
    estimated, told = pairs(table, name, labels, ESTIMATED, DEFAULT, "prior")
    return estimated / told
