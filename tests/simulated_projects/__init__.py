"""Small projects of RELION, cryoSPARC and crYOLO, laid out as these programs do.

All files are written here by hand after the formats' documents and public examples, so
that nothing in them comes from the writers of the package.
"""

from simulated_projects.cryolo import cryolo_project
from simulated_projects.cryosparc import cryosparc_project
from simulated_projects.project import Project
from simulated_projects.relion import relion_project

__all__ = ["Project", "cryolo_project", "cryosparc_project", "relion_project"]
