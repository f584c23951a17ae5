"""The first page of the caseload, its door, and finding."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ombudsman import entrance, retention
from ombudsman.forms.desk import PurposeForm, SearchForm
from ombudsman.guard import caseload
from ombudsman.lists import contacts_with_words
from ombudsman.models import Case, Code, Contact, Draft, Message, Substitution, sight_of
from ombudsman.reading import opened

DUE_SHOWN, OPEN_SHOWN, RECENT_SHOWN = 12, 12, 6


@caseload
@require_safe
def index(request):
    """What is due, what has come, what is unfinished; and the way to write down a contact."""
    cases = Case.objects.visible_to(request.user).not_closed()
    waiting = Message.objects.visible_to(request.user).waiting()
    recent = Contact.objects.visible_to(request.user).newest_first()[:RECENT_SHOWN]
    context = {
        "now": timezone.localtime(),
        "due": cases.due().in_order()[:DUE_SHOWN],
        "ahead": cases.exclude(pk__in=cases.due()).in_order()[:OPEN_SHOWN],
        "open_count": cases.count(),
        "messages_waiting": waiting.in_order()[:DUE_SHOWN],
        "drafts": Draft.objects.visible_to(request.user).filter(is_from_rest=False),
        "recent": contacts_with_words(recent, Code.objects.labels()),
        "search": SearchForm(),
        "substitutions": Substitution.objects.not_over().select_related("substitute__person"),
        "going": 0 if request.sight.is_substitute else going_count(),
    }
    return render(request, "ombudsman/index.html", context)


def going_count():
    """How many contacts and matters will be deleted within the time of notice."""
    return sum(retention.going_soon(kind).count() for kind in retention.POSTPONABLE)


@require_POST
def leave(request):
    """Out at once; coming back asks for the second factor. Not behind the door, which may have shut by itself."""
    if sight_of(request.user) is None:
        raise Http404
    entrance.leave(request.session)
    return redirect("website:home")


@caseload
@require_http_methods(["GET", "HEAD", "POST"])
def purpose(request):
    """A substitute says what for, once for each time of coming in; it stands in every row of the log."""
    if not request.sight.is_substitute:
        raise Http404
    form = PurposeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        request.session[entrance.PURPOSE] = form.cleaned_data["purpose"]
        return redirect(form.cleaned_data["next"] or "ombudsman:index")
    if request.method != "POST":
        form = PurposeForm(initial={"next": own_path(request, request.GET.get("next", ""))})
    return render(request, "ombudsman/purpose.html", {"form": form})


def own_path(request, url):
    """The address if it is one of ours."""
    return url if url_has_allowed_host_and_scheme(url, allowed_hosts=None) and url.startswith("/") else ""


@caseload
@require_http_methods(["GET", "HEAD", "POST"])
def search(request):
    """Find by a number, an address or a whole name. What is asked is posted, so that it stands in no address."""
    form = SearchForm(request.POST if request.method == "POST" else None)
    context = {"form": form}
    if form.is_bound and form.is_valid():
        case = Case.objects.visible_to(request.user).filter(number=form.number).first() if form.number else None
        if case:
            messages.info(request, _("Found by its number."))
            return redirect(case)
        found = Contact.objects.visible_to(request.user).found_by(form.terms).newest_first()[:40]
        context["contacts"] = contacts_with_words(found, Code.objects.labels())
        context["found_messages"] = list(Message.objects.visible_to(request.user).found_by(form.terms)[:20])
        for message in context["found_messages"]:
            opened(message)  # that somebody has written is told, though no word of it
        context["is_done"] = True
    return render(request, "ombudsman/search.html", context)
