"""Who may sign in and as what; for the managing director only."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Appointment
from directory import access
from directory.filters import UserFilter
from directory.forms import AppointmentEndForm, AppointmentForm, InviteForm, RolesForm
from letters.tasks import send_letters
from pikassos.celery import nudge
from publishing.fragments import page_or_fragment
from publishing.query import page_of


def account_or_404(request, pk):
    """The account, for the director; everybody else gets the answer that a missing one gets."""
    if not request.user.is_director:
        raise Http404
    found = get_object_or_404(access.accounts(), pk=pk)
    return access.with_rights([found])[0]


@require_safe
def users(request):
    if not request.user.is_director:
        raise Http404
    found = UserFilter(request.GET, access.accounts())
    page = page_of(found.qs, request)
    context = {"found": found, "page": page, "rows": access.with_rights(page.object_list)}
    return page_or_fragment(request, "directory/users.html", "directory/_users.html", context)


def user_invite(request):
    if not request.user.is_director:
        raise Http404
    form = InviteForm(request.POST or None, initial={"email": request.GET.get("osoite", "")})
    if request.method == "POST" and form.is_valid():
        invited = form.save(by=request.user)
        nudge(send_letters)
        messages.success(request, _("The invitation was sent to %(address)s.") % {"address": invited.email})
        return redirect("directory:user", pk=invited.pk)
    return render(request, "directory/user_invite.html", {"form": form})


def user_page(request, account, *, roles_form=None, appointment_form=None):
    context = {
        "account": account,
        "is_self": account == request.user,
        "roles_form": roles_form or RolesForm(user=account),
        "appointment_form": appointment_form
        or AppointmentForm(
            user=account, initial={"starts_on": timezone.localdate(), "office": Appointment.Office.OMBUDSMAN}
        ),
    }
    return render(request, "directory/user.html", context)


@require_safe
def user(request, pk):
    return user_page(request, account_or_404(request, pk))


@require_POST
def user_roles(request, pk):
    account = account_or_404(request, pk)
    form = RolesForm(request.POST, user=account)
    if not (form.is_valid() and form.settle()):
        return user_page(request, account, roles_form=form)
    messages.success(request, _("The roles of %(name)s are saved.") % {"name": account.name})
    # Whoever gave the own role of director away does not see the page any more.
    return redirect("accounts:home") if account == request.user else redirect("directory:user", pk=pk)


@require_POST
def appointment_create(request, pk):
    account = account_or_404(request, pk)
    form = AppointmentForm(request.POST, user=account)
    if not form.is_valid():
        return user_page(request, account, appointment_form=form)
    made = form.save(by=request.user)
    nudge(send_letters)
    messages.success(request, _("%(name)s: %(office)s.") % {"name": account.name, "office": made.get_office_display()})
    return redirect("directory:user", pk=pk)


def appointment_end(request, pk, appointment_pk):
    account = account_or_404(request, pk)
    appointment = get_object_or_404(Appointment.objects.not_over(), user=account, pk=appointment_pk)
    form = AppointmentEndForm(request.POST or None, appointment=appointment, initial={"on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        appointment.end(form.cleaned_data["on"], by=request.user)
        messages.success(request, _("The appointment was ended."))
        return redirect("directory:user", pk=pk)
    context = {"form": form, "appointment": appointment, "account": account}
    return render(request, "directory/appointment_end.html", context)


def user_deactivate(request, pk):
    account = account_or_404(request, pk)
    if request.method == "POST":
        try:
            access.close(account, by=request.user)
        except ValidationError as refused:
            messages.error(request, refused.message)
            return redirect("directory:user", pk=pk)
        messages.success(request, _("%(name)s gets in no more.") % {"name": account.name})
        return redirect("directory:users")
    return render(request, "directory/user_deactivate.html", {"account": account})


@require_POST
def user_reactivate(request, pk):
    account = account_or_404(request, pk)
    account.reactivate()
    messages.success(request, _("%(name)s may sign in again.") % {"name": account.name})
    return redirect("directory:user", pk=pk)


def user_second_factor(request, pk):
    """For a lost telephone. The own one is settled on the account's pages, where it has to be shown."""
    account = account_or_404(request, pk)
    if account == request.user:
        return redirect("mfa_index")
    if request.method == "POST":
        account.forget_second_factor()
        nudge(send_letters)
        messages.success(
            request, _("The second factor of %(name)s was removed. The next sign-in asks for a new one.")
            % {"name": account.name},
        )  # fmt: skip
        return redirect("directory:user", pk=pk)
    return render(request, "directory/user_second_factor.html", {"account": account})
