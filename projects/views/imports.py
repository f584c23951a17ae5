"""Projects from a table."""

from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from directory.forms import TableForm
from projects.project_import import ProjectImport


@require_http_methods(["GET", "HEAD", "POST"])
def projects_import(request):
    """Bring a table and look at what it would do; saving follows on the preview's page."""
    importer = ProjectImport()
    if not importer.may_be_done_by(request.user):
        raise Http404
    form = TableForm(request.POST or None, request.FILES or None, importer=importer)
    if request.method == "POST" and form.is_valid():
        return redirect(form.save(by=request.user))
    return render(request, "directory/import_start.html", {"form": form, "importer": importer})
