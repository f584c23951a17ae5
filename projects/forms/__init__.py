"""What may be typed about a project, a form per record and section."""

from projects.forms.files import FileForm
from projects.forms.parts import KINDS
from projects.forms.sections import SECTIONS, NewProjectForm, SumsForm

__all__ = ["KINDS", "SECTIONS", "FileForm", "NewProjectForm", "SumsForm"]
