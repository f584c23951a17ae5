"""The members of a network: who sits in it, for whom and from when to when."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from directory.forms import TableForm
from networks.forms import MembershipForm, NewMemberForm
from networks.member_import import MemberImport
from networks.models import Network
from networks.views.editable import editable_membership, editable_network
from publishing.query import choice_of, page_of
from publishing.tables import KINDS, table_response


@require_safe
def members(request, slug):
    """The members by name, for those inside the network; staff see the past ones as well."""
    network = get_object_or_404(Network.objects.inside_visible_to(request.user).for_page(), slug=slug)
    past = request.user.is_staff and request.GET.get("nayta") == "entiset"
    memberships = network.memberships.past() if past else network.memberships.present()
    context = {
        "network": network,
        "page": page_of(memberships.with_names(), request, per_page=100),
        "past": past,
        "may_edit": request.user.is_staff,
        "past_count": network.memberships.past().count() if request.user.is_staff else 0,
    }
    return render(request, "networks/members.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def membership_create(request, slug):
    """A seat for somebody who is in the directory."""
    network = editable_network(request, slug)
    form = MembershipForm(request.POST or None, network=network)
    if request.method == "POST" and form.is_valid():
        membership = form.save()
        messages.success(request, _("%(name)s is a member now.") % {"name": membership.person.name})
        return redirect("networks:members", slug=slug)
    return render(request, "networks/membership_create.html", {"form": form, "network": network})


@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def member_add(request, slug):
    """A seat for somebody who is not in the directory yet."""
    network = editable_network(request, slug)
    form = NewMemberForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        membership = form.save(network)
        messages.success(request, _("%(name)s is a member now.") % {"name": membership.person.name})
        return redirect("networks:members", slug=slug)
    return render(request, "networks/member_add.html", {"form": form, "network": network})


@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def membership_edit(request, slug, pk):
    membership = editable_membership(request, slug, pk)
    network = membership.network
    form = MembershipForm(request.POST or None, instance=membership, network=network)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved. The page shows it now."))
        return redirect("networks:members", slug=slug)
    context = {"form": form, "network": network, "membership": membership}
    return render(request, "networks/membership_edit.html", context)


@require_POST
@transaction.atomic
def membership_end(request, slug, pk):
    """The seat is left today; a mistake is undone by changing the date."""
    membership = editable_membership(request, slug, pk)
    membership.end()
    messages.success(
        request, _("%(name)s is a member until today. The past members show it.") % {"name": membership.person.name}
    )
    return redirect("networks:members", slug=slug)


@require_http_methods(["GET", "HEAD", "POST"])
def members_import(request, slug):
    """Bring a table; what it would do is shown before anything is saved."""
    network = editable_network(request, slug)
    importer = MemberImport(subject=network.pk)
    form = TableForm(request.POST or None, request.FILES or None, importer=importer)
    if request.method == "POST" and form.is_valid():
        return redirect(form.save(by=request.user))
    return render(request, "directory/import_start.html", {"form": form, "importer": importer})


@require_safe
def members_export(request, slug):
    """The present members as a table for Excel."""
    network = editable_network(request, slug)
    columns = [
        _("Last name"), _("First name"), _("Title"), _("Organisation"), _("Represents"), _("E-mail"),
        _("Telephone"), _("Role"), _("Member from"),
    ]  # fmt: skip
    rows = (
        [
            membership.person.family_name,
            membership.person.given_name,
            membership.person.title,
            membership.person.organisation.name if membership.person.organisation else "",
            membership.organisation.name if membership.organisation else "",
            membership.person.email,
            membership.person.phone,
            membership.get_role_display(),
            membership.starts_on,
        ]
        for membership in network.memberships.present().with_names()
    )
    name = f"{network.slug}-{_('members')}"
    return table_response(columns, rows, filename=name, kind=choice_of(request, "muoto", KINDS, "xlsx"))
