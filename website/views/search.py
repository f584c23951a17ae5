"""The search over everything that the reader may see."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.views.decorators.http import require_safe

from publishing.query import choice_of, page_of
from website.searching import BY_CODE, Search


@login_not_required
@require_safe
def search(request):
    """The best of each kind; with `laji` everything of one."""
    found = Search(request.GET.get("q", ""), request.user)
    kind = BY_CODE.get(choice_of(request, "laji", BY_CODE))
    context = {"found": found, "kind": kind}
    if kind and found.words:
        page = page_of(kind.all_of(request.user, found.text), request)
        context |= {"page": page, "hits": [kind.hit_of(row, request.user, found.text) for row in page]}
    return render(request, "website/search.html", context)
