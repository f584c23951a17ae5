"""One network: its page, and the page with one section opened for editing."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from letters.models import Letter
from letters.tasks import send_letters
from networks import mail
from networks.calendars import calendar_response
from networks.feeds import networks_feed
from networks.forms import SECTIONS, LetterForm, NewNetworkForm, PhaseForm
from networks.models import Network, Phase
from networks.views.editable import editable_network, editable_phase
from pikassos.celery import nudge
from publishing.addresses import record_or_redirect
from publishing.history import last_change
from publishing.prose_pages import prose_page
from publishing.record_pages import delete_page, hide_page, publish_page, rename_page, review_page


@login_not_required
@require_safe
def detail(request, slug):
    """The page of a network; an address it had once leads here."""
    network = record_or_redirect(Network.objects.visible_to(request.user).for_page(), slug)
    return render(request, "networks/detail.html", page_context(request, network))


def page_context(request, network):
    """All that the page of a network shows."""
    meetings = list(network.meetings.for_list())
    years = sorted({timezone.localtime(meeting.starts_at).year for meeting in meetings}, reverse=True)
    asked = request.GET.get("vuosi", "")
    year = int(asked) if asked.isdecimal() and len(asked) == 4 and int(asked) in years else None
    year = year or next((y for y in years if y <= timezone.localdate().year), years[-1] if years else None)
    upcoming = [meeting for meeting in meetings if meeting.is_upcoming]
    organisations = list(network.memberships.present().by_organisation())
    may_edit = request.user.is_staff
    inside = may_edit or Network.objects.inside_visible_to(request.user).filter(pk=network.pk).exists()
    return {
        "network": network,
        "phases": network.phases.all(),
        "next_meeting": min(upcoming, key=lambda meeting: meeting.starts_at, default=None),
        "years": [(y, sum(timezone.localtime(m.starts_at).year == y for m in meetings)) for y in years],
        "year": year,
        "meetings": [m for m in meetings if timezone.localtime(m.starts_at).year == year],
        "organisations": organisations,
        "member_count": sum(row["count"] for row in organisations),
        "may_edit": may_edit,
        "last_change": last_change(network) if may_edit else None,
        "content_type": ContentType.objects.get_for_model(Network).pk if may_edit else None,
        "inside": inside,
        "address_to_ask": network.address_to_ask(inside=inside),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@prose_page
@transaction.atomic
def edit(request, slug, section):
    """The page of the network with one section opened."""
    if section not in SECTIONS:
        raise Http404
    network = editable_or_404(request, slug)
    form = SECTIONS[section](request.POST or None, instance=network)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved. The page shows it now."))
        return redirect(f"{network.get_absolute_url()}#{section}")
    # What a refused form has put into its record must not show on the page around it.
    shown = get_object_or_404(Network.objects.for_page(), pk=network.pk) if request.method == "POST" else network
    context = page_context(request, shown) | {"section": section, "form": form}
    return render(request, "networks/detail.html", context)


def editable_or_404(request, slug):
    """The network, locked while it is being changed."""
    networks = Network.objects.editable_by(request.user)
    networks = networks.select_for_update(of=("self",)) if request.method == "POST" else networks.for_page()
    return get_object_or_404(networks, slug=slug)


@require_http_methods(["GET", "HEAD", "POST"])
def create(request):
    """A new network, a draft until it is published."""
    if not request.user.is_staff:
        raise Http404
    form = NewNetworkForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        network = form.save()
        messages.success(request, _("The network is saved as a draft. Add what it is for, and publish it."))
        return redirect(network)
    return render(request, "networks/create.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def rename(request, slug):
    return rename_page(request, editable_or_404(request, slug))


@require_POST
def publish(request, slug):
    return publish_page(request, editable_network(request, slug))


@require_POST
def unpublish(request, slug):
    return hide_page(request, editable_network(request, slug))


@require_POST
def review(request, slug):
    return review_page(request, editable_network(request, slug))


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request, slug):
    """Remove a draft that was a mistake. What has been public is ended instead, so that its history stays."""
    network = editable_network(request, slug)
    why = _("A network that is public or has met is not removed. End it with a phase instead.")
    return delete_page(
        request,
        network,
        list_url="networks:index",
        what=_("The draft, its phases and its members are removed."),
        kept_because=why if network.is_published or network.meetings.exists() else "",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def phase_create(request, slug):
    network = editable_network(request, slug)
    return phase_page(request, network, Phase(network=network))


@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def phase_edit(request, slug, pk):
    phase = editable_phase(request, slug, pk)
    return phase_page(request, phase.network, phase)


def phase_page(request, network, phase):
    """A dated fact, new or old."""
    form = PhaseForm(request.POST or None, instance=phase)
    if request.method == "POST" and form.is_valid():
        phase = form.save()
        messages.success(request, _("Saved. The page shows it now."))
        return redirect(phase)
    return render(request, "networks/phase.html", {"form": form, "network": network, "phase": phase})


@require_POST
@transaction.atomic
def phase_delete(request, slug, pk):
    phase = editable_phase(request, slug, pk)
    network = phase.network
    phase.delete()
    messages.success(request, _("Removed. It can be seen in the history."))
    return redirect(f"{network.get_absolute_url()}#vaiheet")


@require_http_methods(["GET", "HEAD", "POST"])
def letter(request, slug):
    """A free letter to the present members, each their own."""
    network = editable_network(request, slug)
    recipients = network.memberships.invitable().select_related("person")
    form = LetterForm(request.POST or None, initial={"key": uuid.uuid4().hex})
    if request.method == "POST" and form.is_valid():
        letters = mail.members_letter(network, recipients, by=request.user, **form.cleaned_data)
        count = Letter.objects.write_all(letters)
        nudge(send_letters)
        if count:
            said = ngettext("The letter goes to %(count)d member.", "The letter goes to %(count)d members.", count)
            messages.success(request, said % {"count": count})
        else:
            messages.info(request, _("The letter was written already, or nobody is there to get it."))
        return redirect(network)
    return render(request, "networks/letter.html", {"form": form, "network": network, "count": recipients.count()})


@login_not_required
@require_safe
def network_calendar(request, slug):
    """The meetings of one network, to subscribe to."""
    network = record_or_redirect(Network.objects.published(), slug)
    return calendar_response(network.meetings.for_feed(), name=network.name, filename=f"{network.slug}.ics")


@login_not_required
@require_safe
def network_feed(request, slug):
    """What is new about one network."""
    network = record_or_redirect(Network.objects.published(), slug)
    one = Network.objects.filter(pk=network.pk)
    return networks_feed(request, one, name=network.name, address=network.get_absolute_url())
