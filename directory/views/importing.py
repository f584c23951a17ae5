"""Importing: bring a table, look at what would happen, confirm. Serves every purpose of `table_import`."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from directory.forms import TableForm
from directory.models import ImportDraft
from directory.person_import import PersonImport
from directory.table_import import BAD, GOOD, OUTCOMES, TableImport, bad_rows_table, counted
from publishing.query import choice_of, page_of
from publishing.tables import table_response


def import_start(request):
    importer = PersonImport()
    if not importer.may_be_done_by(request.user):
        raise Http404
    form = TableForm(request.POST or None, request.FILES or None, importer=importer)
    if request.method == "POST" and form.is_valid():
        return redirect(form.save(by=request.user))
    return render(request, "directory/import_start.html", {"form": form, "importer": importer})


@require_safe
def import_template(request):
    """An empty table with the right headings and one invented row; `?laji=` is the purpose."""
    if not request.user.is_staff:
        raise Http404
    importer = purpose_of(request)()
    return table_response(importer.template_columns(), importer.template_rows(), _("template for import"))


def purpose_of(request):
    """The class of importer that the address names, or the one for people."""
    return TableImport.classes[choice_of(request, "laji", TableImport.classes, PersonImport.purpose)]


def draft_of(request, pk):
    """The user's own fresh draft and its importer."""
    draft = get_object_or_404(ImportDraft.objects.editable_by(request.user), pk=pk)
    importer = TableImport.of(draft)
    if not importer.may_be_done_by(request.user):
        raise Http404
    return draft, importer


@require_safe
def import_preview(request, pk):
    """What confirming would do, row by row; after confirming, the rows that were not saved."""
    draft, importer = draft_of(request, pk)
    counts = counted(draft)
    shown = choice_of(request, "rivit", OUTCOMES)
    rows = [row for row in draft.rows if not shown or row["outcome"] == shown]
    context = {
        "draft": draft,
        "importer": importer,
        "tabs": [(code, OUTCOMES[code], count) for code, count in counts.items() if count],
        "shown": shown,
        "page": page_of(rows, request),
        "good_count": sum(counts[code] for code in GOOD),
        "bad_count": sum(counts[code] for code in BAD),
        "additions": importer.additions(draft),
    }
    return render(request, "directory/import_preview.html", context)


@require_POST
def import_confirm(request, pk):
    """Saves the good rows. Pressed twice, the second one finds them saved."""
    draft = ImportDraft.objects.editable_by(request.user).filter(pk=pk).first()
    if draft is None:
        if not request.user.is_staff:
            raise Http404
        messages.info(request, _("This import has been saved already, or it is too old. Look at the list first."))
        return redirect(purpose_of(request).list_url())
    importer = TableImport.of(draft)
    if not importer.may_be_done_by(request.user):
        raise Http404
    saved = importer.confirm(draft)
    left = ImportDraft.objects.editable_by(request.user).filter(pk=pk).first()
    if saved:
        messages.success(request, importer.saved_sentence(saved))
    return redirect(left or importer.done_url())


@require_safe
def import_errors(request, pk):
    """The rows with errors as a table with the reasons, to be mended and brought again."""
    draft, _importer = draft_of(request, pk)
    columns, rows = bad_rows_table(draft)
    return table_response(columns, rows, _("rows to mend"))
