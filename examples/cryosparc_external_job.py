"""
Hand picks to cryoSPARC as an external job
==========================================

``pusklearn pick --format cs``, or ``io.write_coordinates(..., format="cs")``, writes
picks as ``picks.cs``. This script makes an external job of cryoSPARC with these picks,
whose output goes into Inspect Particle Picks or Extract From Micrographs like that of
any picker. It needs cryosparc-tools in the version of your cryoSPARC and, once, your
login (``python -m cryosparc.tools login``, see its documentation):

    python cryosparc_external_job.py http://localhost:39000 P3 W1 J4 picks.cs

``J4`` is the job whose output ``exposures_accepted`` was picked. cryosparc-tools 4 has
no such login: there, give ``CryoSPARC(...)`` below your license, host, port, email
address and password instead.
"""

import argparse
import sys

try:
    from cryosparc.dataset import Dataset
    from cryosparc.tools import CryoSPARC
except ImportError:
    sys.exit(
        "cryosparc-tools is not installed. `pip install cryosparc-tools` in the "
        "version of your cryoSPARC brings it; see https://tools.cryosparc.com."
    )

NAME = "picked_particles"


def hand_over(project, workspace, exposures, picks, title):
    """Make an external job with picks as its output, and return its number.

    Parameters
    ----------
    project : cryosparc project
        The project.
    workspace : str
        The workspace for the job, such as "W1".
    exposures : (str, str)
        The job and the output with the micrographs that were picked.
    picks : Dataset
        What ``picks.cs`` holds.
    title : str
        The title of the job.

    Returns
    -------
    str
        The number of the job, such as "J12".
    """
    slots = ["location"]
    if "pick_stats/ncc_score" in picks:
        slots.append("pick_stats")
    job = project.create_external_job(workspace, title=title)
    job.connect("micrographs", *exposures, slots=["micrograph_blob"])
    job.add_output("particle", NAME, slots=slots, title="Picked particles")
    with job.run():
        # The version of cryoSPARC decides which columns the slots have; those that
        # picks.cs does not have stay 0.
        output = job.alloc_output(NAME, picks["uid"])
        for name in output.fields():
            if name != "uid" and name in picks:
                output[name] = picks[name]
        job.save_output(NAME, output)
    return job.uid


def main():
    """Read the command line, log in, and make the job."""
    parser = argparse.ArgumentParser(
        description="Make an external job of cryoSPARC with picks as its output."
    )
    parser.add_argument("address", help="of cryoSPARC, such as http://localhost:39000")
    parser.add_argument("project", help="such as P3")
    parser.add_argument("workspace", help="such as W1")
    parser.add_argument("job", help="that has the micrographs, such as J4")
    parser.add_argument("picks", help="the file picks.cs")
    parser.add_argument("--output", default="exposures_accepted", help="of the job")
    parser.add_argument("--title", default="Picks of pusklearn", help="of the new job")
    given = parser.parse_args()
    project = CryoSPARC(given.address).find_project(given.project)
    picks = Dataset.load(given.picks)
    exposures = given.job, given.output
    number = hand_over(project, given.workspace, exposures, picks, given.title)
    print(f"{given.project} {number} has {len(picks)} picks.")


if __name__ == "__main__":
    main()
