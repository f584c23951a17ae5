"""One project as a document."""

from django.http import Http404


def summary_document(request, **kwargs):
    raise Http404
