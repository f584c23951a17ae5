"""The gates through which the views fetch what they change; while it is being changed, the project is locked.

Parts are locked by their project: of two who press the same button, the second meets what the first has saved, and
the form's own checks speak instead of the database's refusal.
"""

from django.shortcuts import get_object_or_404

from projects.models import Project
from publishing.locking import locked


def editable_project(request, slug):
    return get_object_or_404(locked(request, Project.objects.editable_by(request.user)), slug=slug)
