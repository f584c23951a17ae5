"""What may be typed about people, organisations, users and imports, and the sentence when it is wrong."""

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Appointment, Role, User
from directory.access import settle_roles
from directory.county_fields import CountiesField, CountyField
from directory.models import County, Organisation, Person
from directory.person_import import PHONE
from publishing.editing import EditInPlaceForm
from publishing.finnish_dates import FinnishDateField, written_day
from publishing.tables import ACCEPT

PHONE_HINT = _("For example 040 000 0000")


def single_spaced(text):
    return " ".join(text.split())


def checked_phone(phone):
    """The number as typed, if it is one."""
    if phone and not PHONE.fullmatch(phone):
        raise ValidationError(_("A telephone number holds digits and spaces, for example 040 000 0000."))
    return phone


class CountyChoiceField(CountiesField):
    """Our own counties as checkboxes."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs):
        super().__init__(County.objects.ours(), **kwargs)


class PersonForm(EditInPlaceForm):
    """Everything about a person that staff keep. The address of an account with rights is out of their hands."""

    counties = CountyChoiceField(
        label=_("Counties served"), required=False, help_text=_("Leave empty for somebody who serves the whole area.")
    )
    another = forms.BooleanField(label=_("This is somebody else of the same name"), required=False)

    class Meta:
        model = Person
        fields = (
            "given_name", "family_name", "title", "organisation", "email", "phone", "counties", "asks", "is_listed",
        )  # fmt: skip
        widgets = {
            "given_name": forms.TextInput(attrs={"class": "medium", "autocomplete": "off"}),
            "family_name": forms.TextInput(attrs={"class": "medium", "autocomplete": "off"}),
            "email": forms.EmailInput(attrs={"autocomplete": "off"}),
            "phone": forms.TextInput(attrs={"class": "medium", "inputmode": "tel", "autocomplete": "off"}),
        }
        labels = {"is_listed": _("Shown on the public contact page"), "asks": _("What to ask about")}
        help_texts = {
            "email": _("Invitations go here, and sign-in is by a code sent here."),
            "phone": PHONE_HINT,
            "asks": _("Shown on the contact page. For example: adult social work, projects."),
            "is_listed": _("Only for our own staff: name, title, e-mail and telephone are then open to everybody."),
        }

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("given_name", "family_name", "title", "organisation", "email", "phone", "asks"):
            self.fields[name].label = str(self.fields[name].label).capitalize()
        organisations = Organisation.objects.working() | Organisation.objects.filter(pk=self.instance.organisation_id)
        self.fields["organisation"].queryset = organisations.in_finnish_order()
        self.fields["organisation"].empty_label = _("No organisation")
        if self.instance.pk and self.instance.is_guarded_from(by):
            del self.fields["email"]
        self.namesakes = []

    def clean_given_name(self):
        return single_spaced(self.cleaned_data["given_name"])

    def clean_family_name(self):
        return single_spaced(self.cleaned_data["family_name"])

    def clean_phone(self):
        return checked_phone(self.cleaned_data["phone"])

    def clean_email(self):
        email = self.cleaned_data["email"]
        other = Person.objects.exclude(pk=self.instance.pk).by_email(email) if email else None
        if other:
            raise ValidationError(
                _("%(name)s has this address already. Everybody is in the directory once."), params={"name": other.name}
            )
        taken = User.objects.filter(Q(email=email.lower()) | Q(emailaddress__email__iexact=email))
        if email and taken.exclude(pk=self.instance.user_id).exists():
            raise ValidationError(_("The address belongs to somebody else's account."))
        if not email and self.instance.user_id:
            raise ValidationError(_("The person signs in by this address. Write the new one."))
        return email

    def clean(self):
        cleaned = super().clean()
        organisation = cleaned.get("organisation")
        if cleaned.get("is_listed") and not (organisation and organisation.is_us):
            self.add_error("is_listed", _("Only our own staff are shown on the contact page. Choose our organisation."))
        if self.instance.pk is None and not cleaned.get("another"):
            self.namesakes = list(
                Person.objects.filter(
                    given_name__iexact=cleaned.get("given_name", ""), family_name__iexact=cleaned.get("family_name", "")
                ).select_related("organisation")[:5]
            )
        if self.namesakes:
            self.add_error(
                "another",
                _("Somebody of this name is in the directory: %(who)s. If this is another person, tick the box.")
                % {"who": "; ".join(f"{person.name} ({person.role_and_place or '–'})" for person in self.namesakes)},
            )
        return cleaned

    def visible_fields(self):
        # The question about namesakes is asked only when there are some.
        asked = self.namesakes or self.data.get("another")
        return [field for field in super().visible_fields() if field.name != "another" or asked]

    @transaction.atomic
    def save(self):
        new_email = "email" in self.changed_data and self.instance.pk is not None and self.cleaned_data["email"]
        person = super().save()
        if new_email:
            person.change_email(new_email)
        return person


class OwnDetailsForm(forms.ModelForm):
    """What everybody may change of themselves; the address is changed on the account's own page."""

    class Meta:
        model = Person
        fields = ("title", "phone")
        widgets = {
            "title": forms.TextInput(attrs={"autocomplete": "organization-title"}),
            "phone": forms.TextInput(attrs={"class": "medium", "autocomplete": "tel", "inputmode": "tel"}),
        }
        labels = {"title": _("Title"), "phone": _("Telephone")}
        help_texts = {"phone": PHONE_HINT}

    def clean_phone(self):
        return checked_phone(self.cleaned_data["phone"])


class LeaveForm(forms.Form):
    on = FinnishDateField(label=_("Last day"), help_text=_("For example 1.12.2026"))

    def clean_on(self):
        on = self.cleaned_data["on"]
        if on > timezone.localdate():
            raise ValidationError(
                _("The day is still to come. Mark the person as having left on %(day)s or after it."),
                params={"day": written_day(on)},
            )
        return on


class OrganisationForm(EditInPlaceForm):
    county = CountyField(
        label=_("Wellbeing services county"),
        required=False,
        empty_label=_("No county"),
        widget=forms.Select(attrs={"class": "medium"}),
        help_text=_("The wellbeing services county in which the organisation works, if one."),
    )
    ended_on = FinnishDateField(
        label=_("Ended"), required=False, help_text=_("When the organisation ceased. For example 31.12.2022")
    )

    class Meta:
        model = Organisation
        fields = ("name", "short_name", "kind", "county", "address", "email", "phone", "website", "ended_on")
        widgets = {
            "short_name": forms.TextInput(attrs={"class": "medium"}),
            "kind": forms.Select(attrs={"class": "medium"}),
            "phone": forms.TextInput(attrs={"class": "medium", "inputmode": "tel"}),
            "website": forms.URLInput(attrs={"autocomplete": "off"}),
        }
        help_texts = {
            "short_name": _("The name people use, for example Pikassos."),
            "address": _("Street, postal code and town in one line."),
            "phone": PHONE_HINT,
            "website": _("For example https://www.example.org"),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in self._meta.fields:
            self.fields[name].label = str(self.fields[name].label).capitalize()

    def clean_name(self):
        name = single_spaced(self.cleaned_data["name"])
        if Organisation.objects.filter(name__iexact=name).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("There is an organisation of this name already."))
        return name

    def clean_phone(self):
        return checked_phone(self.cleaned_data["phone"])


# Import -------------------------------------------------------------------------------------------------------------


class TableForm(forms.Form):
    """A table of people to be imported, for whichever purpose the importer serves."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("Excel (.xlsx, .xls), OpenDocument (.ods) or CSV, at most 5,000 rows"),
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
        error_messages={"required": _("Choose a file."), "empty": _("The file is empty.")},
    )

    def __init__(self, *args, importer, **kwargs):
        super().__init__(*args, **kwargs)
        self.importer = importer
        self.error_title = _("The file was not read")

    def clean_file(self):
        upload = self.cleaned_data["file"]
        self.table = self.importer.read(upload)
        return upload

    def save(self, *, by):
        """The draft that the preview shows."""
        return self.importer.draft(self.table, file_name=self.cleaned_data["file"].name, by=by)


# Users --------------------------------------------------------------------------------------------------------------


class RolesForm(forms.Form):
    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        choices=Role.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Without a role the person sees the own networks and details only."),
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, initial={"roles": sorted(user.roles)}, **kwargs)
        self.user = user

    def settle(self):
        """Whether the roles were given; if not, the form says why."""
        try:
            settle_roles(self.user, self.cleaned_data["roles"])
        except ValidationError as refused:
            self.add_error("roles", refused)
        return not self.errors


class InviteForm(forms.Form):
    """Somebody of the directory, or somebody new of our own house, gets an account and a letter about it."""

    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("The invitation goes here. Somebody who is in the directory by this address is recognised."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    given_name = forms.CharField(
        label=_("First name"), max_length=80, required=False, widget=forms.TextInput(attrs={"class": "medium"}),
        help_text=_("Names and title are needed for somebody who is not in the directory."),
    )  # fmt: skip
    family_name = forms.CharField(
        label=_("Last name"), max_length=80, required=False, widget=forms.TextInput(attrs={"class": "medium"})
    )
    title = forms.CharField(label=_("Title"), max_length=120, required=False)
    roles = forms.MultipleChoiceField(
        label=_("Roles"), choices=Role.choices, required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("Without a role the person sees the own networks and details only."),
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.error_title = _("The invitation was not sent")

    def clean(self):
        cleaned = super().clean()
        self.person = Person.objects.select_related("user").by_email(cleaned["email"]) if cleaned.get("email") else None
        if self.person is None and cleaned.get("email"):
            for name, sentence in (
                ("given_name", _("Nobody in the directory has this address. Write the first name.")),
                ("family_name", _("Nobody in the directory has this address. Write the last name.")),
            ):
                if not cleaned.get(name):
                    self.add_error(name, sentence)
        if self.person and self.person.left_on:
            self.add_error(
                "email",
                _("%(name)s is marked as having left. Return the person on their page first.")
                % {"name": self.person.name},
            )
        if self.person and self.person.user and self.person.user.roles:
            self.add_error(
                "email", _("%(name)s has roles already. Change them on the user's page.") % {"name": self.person.name}
            )
        return cleaned

    @transaction.atomic
    def save(self, *, by):
        """The invited user."""
        person = self.person or Person.objects.create(
            email=self.cleaned_data["email"],
            given_name=single_spaced(self.cleaned_data["given_name"]),
            family_name=single_spaced(self.cleaned_data["family_name"]),
            title=self.cleaned_data["title"],
            organisation=Organisation.objects.us().first(),
        )
        user = person.open_account()
        return User.objects.invite(user.email, self.cleaned_data["roles"], by=by)


class AppointmentForm(forms.Form):
    office = forms.ChoiceField(label=_("Office"), choices=Appointment.Office.choices, widget=forms.RadioSelect)
    starts_on = FinnishDateField(label=_("First day"), help_text=_("For example 1.12.2026"))
    ends_on = FinnishDateField(label=_("Last day"), required=False, help_text=_("Empty while it goes on."))

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    def clean(self):
        cleaned = super().clean()
        if not self.errors:
            try:
                Appointment(user=self.user, **cleaned).full_clean()
            except ValidationError as refused:
                self.add_error(None, refused.messages)
        return cleaned

    def save(self, *, by):
        return Appointment.objects.appoint(self.user, by=by, **self.cleaned_data)


class AppointmentEndForm(forms.Form):
    on = FinnishDateField(label=_("Last day"), help_text=_("For example 1.12.2026"))

    def __init__(self, *args, appointment, **kwargs):
        super().__init__(*args, **kwargs)
        self.appointment = appointment

    def clean_on(self):
        on, ends_on = self.cleaned_data["on"], self.appointment.ends_on
        if ends_on and on > ends_on:
            raise ValidationError(_("The appointment ends already on %(day)s."), params={"day": written_day(ends_on)})
        return on
