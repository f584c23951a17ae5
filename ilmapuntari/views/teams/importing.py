"""Bringing teams and their members from a table; looking and confirming is done on the directory's own pages."""

from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from directory.forms import TableForm
from ilmapuntari.team_import import TeamImport


@require_http_methods(["GET", "HEAD", "POST"])
def teams_import(request):
    """What the file would do is shown before anything is saved."""
    importer = TeamImport()
    if not importer.may_be_done_by(request.user):
        raise Http404
    form = TableForm(request.POST or None, request.FILES or None, importer=importer)
    if request.method == "POST" and form.is_valid():
        return redirect(form.save(by=request.user))
    return render(request, "directory/import_start.html", {"form": form, "importer": importer})
