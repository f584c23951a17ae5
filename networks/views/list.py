"""The list of networks, and what is done to many of them at once."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from networks import statistics
from networks.calendars import calendar_response
from networks.feeds import networks_feed
from networks.filters import NetworkFilter
from networks.forms import BulkForm
from networks.models import Meeting, Network
from publishing.fragments import page_or_fragment
from publishing.query import choice_of, page_of
from publishing.tables import KINDS, table_response


def found_networks(request):
    """The networks that the address asks for, of those that the user may see; `oma=1` for the own ones."""
    networks = Network.objects.visible_to(request.user)
    if request.GET.get("oma") and request.user.is_authenticated:
        networks = networks.of_member(request.user)
    return NetworkFilter(request.GET, networks.for_cards())


@login_not_required
@require_safe
def index(request):
    """All networks, as rows; for htmx only the rows."""
    found = found_networks(request)
    visible = Network.objects.visible_to(request.user)
    page = page_of(found.qs, request)
    context = {
        "found": found,
        "page": page,
        "groups": list(
            found.groups(
                {"county": statistics.networks_by_county(visible), "status": statistics.networks_by_status(visible)}
            )
        ),
        "query": request.GET.urlencode(),
    }
    if not page.object_list and found.words and found.limits > 1:
        context["wider_count"] = visible.with_status().search(found.words).count()
    return page_or_fragment(request, "networks/index.html", "networks/_results.html", context)


@login_not_required
@require_safe
def calendar(request):
    """The coming and recent meetings of exactly the listed networks."""
    listed = found_networks(request).qs.order_by().values("pk")
    meetings = Meeting.objects.filter(network__in=listed, network__published_at__isnull=False)
    return calendar_response(meetings.for_feed(), name=_("Meetings of the networks"))


@login_not_required
@require_safe
def feed(request):
    """What is new about exactly the listed networks."""
    listed = Network.objects.published().filter(pk__in=found_networks(request).qs.order_by().values("pk"))
    return networks_feed(request, listed, name=_("News of the networks"))


@require_safe
def export(request):
    """The listed networks as a table for Excel."""
    networks = found_networks(request).qs
    if not request.user.is_staff:
        raise Http404
    return networks_table(networks, choice_of(request, "muoto", KINDS, "xlsx"))


def networks_table(networks, kind):
    """The networks as a file of the kind `xlsx` or `csv`."""
    columns = [
        _("Name"), _("Kind"), _("Our role"), _("Scope"), _("Counties"), _("Status"), _("Since"), _("For whom"),
        _("Meets"), _("Coordinator"), _("Members"), _("Next meeting"), _("In one sentence"), _("Published"),
    ]  # fmt: skip
    rows = (
        [
            network.name,
            network.get_kind_display(),
            _("we convene") if network.convened_by_us else network.our_role or _("we take part"),
            network.get_scope_display(),
            ", ".join(county.short_name for county in network.counties.all()),
            network.status_label,
            network.status_on,
            ", ".join(map(str, network.audience_labels)),
            network.rhythm,
            network.coordinator.name if network.coordinator else "",
            network.member_count,
            network.next_meeting_at,
            network.summary,
            network.published_at,
        ]
        for network in networks.with_member_count().select_related("coordinator")
    )
    return table_response(columns, rows, filename=_("networks"), kind=kind)


@require_POST
def bulk(request):
    """One act on the chosen networks: first what will be done to which, then the doing."""
    networks = Network.objects.editable_by(request.user)
    if not request.user.is_staff:
        raise Http404
    deciding = "act" in request.POST
    form = BulkForm(request.POST if deciding else None, networks=networks)
    listed = networks.filter(pk__in=[pk for pk in request.POST.getlist("chosen") if pk.isdecimal() and len(pk) < 19])
    if not listed:
        messages.error(request, _("Choose at least one network from the list."))
        return redirect("networks:index")
    if deciding and form.is_valid():
        return do_in_bulk(request, form.cleaned_data)
    context = {"form": form, "listed": listed.for_cards().in_finnish_order()}
    return render(request, "networks/bulk.html", context)


def do_in_bulk(request, asked):
    """Carry out the act and say what is now true."""
    networks = Network.objects.filter(pk__in=asked["chosen"])
    if asked["act"] == "export":
        return networks_table(networks.for_cards().in_finnish_order(), asked["form"])
    if asked["act"] == "coordinator":
        count = networks.set_coordinator(asked["coordinator"])
    else:
        count = networks.change_status(asked["status"], on=asked["since"])
    said = ngettext("%(count)d network was changed.", "%(count)d networks were changed.", count)
    messages.success(request, said % {"count": count})
    return redirect("networks:index")
