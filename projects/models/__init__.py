"""Projects: what they are for, whose money and work, what came of them."""

from projects.models.dates import Deadline, Report
from projects.models.life import Extension, Phase
from projects.models.links import Link
from projects.models.money import Funding
from projects.models.people import Partner, Staffing
from projects.models.project import Project, ProjectCounty, ProjectMunicipality, ProjectSubRegion
from projects.models.work import Activity, Indicator, Objective, Output

__all__ = [
    "Activity",
    "Deadline",
    "Extension",
    "Funding",
    "Indicator",
    "Link",
    "Objective",
    "Output",
    "Partner",
    "Phase",
    "Project",
    "ProjectCounty",
    "ProjectMunicipality",
    "ProjectSubRegion",
    "Report",
    "Staffing",
]
