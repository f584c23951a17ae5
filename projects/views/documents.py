"""One project as a document."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from projects import summary_document as documents
from projects.models import Project

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@require_safe
def summary_document(request, slug):
    """Two pages to take to a meeting, for staff."""
    project = get_object_or_404(Project.objects.editable_by(request.user).for_page(), slug=slug)
    text = documents.summary_document(project, request.user, day=timezone.localdate())
    return HttpResponse(
        text,
        content_type=WORD,
        headers={
            "Content-Disposition": content_disposition_header(True, f"{project.slug}.docx"),
            "Cache-Control": "no-store, private",
        },
    )
