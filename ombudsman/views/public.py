"""What anybody reads of the ombudsman, and the form that needs no account.

A message is sealed as it comes and opened in the caseload only. The receipt code is in no address, session or cookie,
so what is sent is answered at once, without a redirect.
"""

import logging
from functools import partial

from django.contrib.auth.decorators import login_not_required
from django.db import IntegrityError, transaction
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from ombudsman import abuse, mail
from ombudsman.forms.message import AdditionForm, MessageForm, ReceiptForm
from ombudsman.guard import LogUnwritable, write
from ombudsman.keys import KeyGone, KeysMissing, store
from ombudsman.models import Message, PublicDetails, Retention, ServedArea, sight_of
from ombudsman.models.finding import normalised_phone
from ombudsman.reading import Reader, reading
from ombudsman.sealing import Unreadable

logger = logging.getLogger(__name__)

CLOSED = (KeysMissing, KeyGone, Unreadable, LogUnwritable)
MOST_ADDITIONS = 8  # to one message; our own figure


@login_not_required
@require_safe
def about(request):
    """What the ombudsman does and does not, the rights of clients, and how to make contact."""
    areas = ServedArea.objects.in_force().select_related("municipality__sub_region__county")
    by_county = areas.order_by("municipality__sub_region__county__position", "municipality__name_key")
    context = reaching() | {"areas": by_county, "has_sight": sight_of(request.user) is not None}
    return render(request, "ombudsman/about.html", context)


@login_not_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def message_create(request):
    """Write to the ombudsman. The answer to what was sent shows the receipt code, once."""
    form = MessageForm(request.POST if request.method == "POST" else None)
    try:
        store.check()
        if not form.is_bound or not form.is_valid():
            return message_page(request, form)
        return send(request, form)
    except CLOSED as error:
        return closed(request, error, form, message_page)


def send(request, form):
    """Take the message, or hold it back; sent a second time it is answered as at first."""
    known = abuse.started(request.POST.get("start", ""))
    if known is None:
        return message_page(request, form, status=429)
    nonce, age = known
    person = form.person
    code = abuse.receipt_for(nonce, form.cleaned_data["words"], *person.values())
    if Message.objects.of_receipt(code) is None:
        if abuse.holds_back(request, age):
            return message_page(request, form, status=429)
        receive(form.cleaned_data["words"], person, code)
        abuse.count(abuse.MESSAGE, request)
    context = reaching() | {"code": code, "wish": person["wish"]}
    return render(request, "ombudsman/message_sent.html", context)


def receive(words, person, code):
    """Seal the message, under this code. What comes twice at the same moment is stored once."""
    try:
        with transaction.atomic(), reading(Reader(address="message_create", method="POST")) as reader:
            message, _code = Message.objects.receive(words=words, person=person, receipt=code)
            mail.tell_of_message(message)
            write(reader)
    except IntegrityError:
        if Message.objects.of_receipt(code) is None:
            raise


def message_page(request, form, status=200):
    """The form with everything that was written; any other status than 200 says that it was not sent."""
    sent = request.POST.get("start", "")
    context = reaching() | {
        "form": form,
        "start": sent if abuse.started(sent) else abuse.start(),
        "trap": abuse.TRAP,
        "months": Retention.objects.get(kind=Retention.Kind.MESSAGE).months,
        "is_held": status != 200,
    }
    return render(request, "ombudsman/message_create.html", context, status=status)


@login_not_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def receipt(request):
    """Whether a message has been received or answered, and adding to it. Its words are never shown."""
    form = ReceiptForm(request.POST if request.method == "POST" else None)
    if not form.is_bound or not form.is_valid():
        return receipt_page(request, form)
    if abuse.is_over(abuse.WRONG_CODE, request):
        return receipt_page(request, form, status=429)
    try:
        message = Message.objects.of_receipt(form.cleaned_data["code"])
    except CLOSED as error:
        return closed(request, error, form, receipt_page)
    if message is None:
        abuse.count(abuse.WRONG_CODE, request)
        form.add_error("code", _("No message has this code. Check each letter; an old message may have been deleted."))
        return receipt_page(request, form)
    return received(request, message)


def receipt_page(request, form, status=200):
    return render(
        request, "ombudsman/receipt.html", reaching() | {"form": form, "is_held": status != 200}, status=status
    )


def received(request, message):
    """The state of a message whose code was given, after what was added now."""
    form = AdditionForm(request.POST if "words" in request.POST else None)
    page = partial(state_page, message=message)
    try:
        is_added = form.is_bound and form.is_valid() and add(message, **form.cleaned_data)
    except CLOSED as error:
        return closed(request, error, form, page)
    return page(request, form, is_added=is_added)


def state_page(request, form, status=200, *, message, is_added=False):
    message.refresh_from_db(fields=["answered_at"])
    moments = list(message.additions.values_list("received_at", flat=True))
    if is_added or not form.is_bound:
        form = AdditionForm(initial={"seen": len(moments)})
    context = reaching() | {
        "message": message,
        "code": request.POST["code"],
        "moments": moments,
        "form": form if len(moments) < MOST_ADDITIONS else None,
        "is_added": is_added,
        "is_held": status != 200,
    }
    return render(request, "ombudsman/receipt_state.html", context, status=status)


def add(message, words, seen):
    """Seal an addition; whether it is there now. The same words sent twice are stored once."""
    with transaction.atomic(), reading(Reader(address="receipt", method="POST")) as reader:
        message = get_object_or_404(Message.objects.select_for_update(), pk=message.pk)
        additions = list(message.additions.all())
        # Only what has come since the page was shown is opened, to be compared.
        is_there = any(addition.words == words for addition in additions[seen:])
        if not is_there and len(additions) < MOST_ADDITIONS:
            mail.tell_of_message(message, addition=message.add(words))
            is_there = True
        write(reader)
    return is_there


def reaching():
    """How the ombudsman is reached; every public page says it."""
    details = PublicDetails.present()
    return {"details": details, "phone_address": normalised_phone(details.phone)}


def closed(request, error, form, page):
    """Nothing can be sealed or found now: what was written is kept on the page, and nothing was saved."""
    logger.critical("caseload_closed", extra={"reason": type(error).__name__})
    if form.is_bound:
        return page(request, form, status=503)
    return render(request, "ombudsman/message_closed.html", reaching(), status=503)
