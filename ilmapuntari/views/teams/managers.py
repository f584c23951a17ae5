"""Who answers for an organisation's or a county's teams and sees their results."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ilmapuntari.forms import ManagerForm
from ilmapuntari.models import Manager
from publishing.query import page_of


@require_safe
def managers(request):
    if not (request.user.is_coordinator or request.user.is_director):
        raise Http404
    present = Manager.objects.not_over().select_related("user", "organisation", "county").by_name()
    context = {"page": page_of(present, request, per_page=100), "may_edit": request.user.is_coordinator}
    return render(request, "ilmapuntari/managers.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def manager_add(request):
    if not request.user.is_coordinator:
        raise Http404
    form = ManagerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        manager = form.save()
        said = _("%(name)s sees the results of %(what)s now and can sign in with the address %(email)s.")
        messages.success(request, said % {"name": manager.name, "what": manager.what, "email": manager.user.email})
        return redirect("ilmapuntari:managers")
    return render(request, "ilmapuntari/manager_add.html", {"form": form})


@require_POST
@transaction.atomic
def manager_end(request, pk):
    if not request.user.is_coordinator:
        raise Http404
    manager = get_object_or_404(Manager.objects.not_over(), pk=pk)
    manager.leave()
    messages.success(request, _("%(name)s sees the results no more.") % {"name": manager.name})
    return redirect("ilmapuntari:managers")
