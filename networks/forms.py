"""What staff and members may type about networks, and the sentence when it is wrong."""

from datetime import datetime

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from directory.county_fields import CountiesField
from directory.models import County, Organisation, Person
from directory.person_fields import PersonChoiceField, coordinators
from networks.models import Attendance, Meeting, Membership, Network, Phase
from publishing.attachments import AttachmentField
from publishing.audience import Audience
from publishing.editing import EditInPlaceForm
from publishing.finnish_dates import FinnishDateField, FinnishTimeField, written_time
from publishing.models import Attachment


class SectionForm(EditInPlaceForm):
    """One section of a network's page."""

    heading = ""

    class Meta:
        model = Network
        fields = ()


class BasicsForm(SectionForm):
    heading = _("Basic facts")
    audience = forms.MultipleChoiceField(
        label=_("For whom"), choices=Audience.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    convened_by_us = forms.TypedChoiceField(
        label=_("Our part"),
        choices=[(True, _("we convene")), (False, _("we hold a seat"))],
        coerce=lambda value: str(value) == "True",
        widget=forms.RadioSelect,
    )
    counties = CountiesField(
        County.objects.order_by("-is_ours", "position", "code"),
        label=_("Counties"),
        required=False,
        help_text=_("Leave empty for a national network."),
    )

    class Meta:
        model = Network
        fields = ("name", "summary", "kind", "convened_by_us", "our_role", "scope", "counties", "audience")
        widgets = {
            "scope": forms.RadioSelect,
            "summary": forms.Textarea(attrs={"rows": 2}),
        }
        labels = {"our_role": _("Our role in words")}
        help_texts = {
            "summary": _("Shown in lists. What the network is for, in at most 200 characters."),
            "our_role": _("For example: koollekutsuja, jäsen, varapuheenjohtaja."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["counties"].offer(self.initial.get("counties", ()))

    def clean_name(self):
        return " ".join(self.cleaned_data["name"].split())

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("scope") == Network.Scope.COUNTY and not cleaned.get("counties"):
            self.add_error("counties", _("Choose the county in which the network works."))
        return cleaned


class NewNetworkForm(BasicsForm):
    """A new network: its basic facts, who answers for it and since when it runs."""

    coordinator = PersonChoiceField(Person.objects.none(), label=_("Coordinator"), required=False)
    status = forms.ChoiceField(
        label=_("Status"), choices=Network.Status.choices, widget=forms.RadioSelect, initial=Network.Status.RUNNING
    )
    since = FinnishDateField(label=_("Since"), help_text=_("For example 1.12.2026"))

    class Meta(BasicsForm.Meta):
        fields = (*BasicsForm.Meta.fields, "coordinator")

    field_order = (
        "name", "summary", "kind", "convened_by_us", "our_role", "scope", "counties", "audience", "coordinator",
        "status", "since",
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["coordinator"].queryset = coordinators()
        self.initial.setdefault("since", timezone.localdate())
        self.initial.setdefault("convened_by_us", True)

    def save(self, commit=True):
        data = dict(self.cleaned_data)
        for name in ("seen", "since"):
            data.pop(name, None)
        return Network.found(on=self.cleaned_data["since"], **data)


class PurposeForm(SectionForm):
    heading = _("What for")

    class Meta:
        model = Network
        fields = ("purpose", "background")
        widgets = {"purpose": forms.Textarea(attrs={"rows": 4, "class": "full"})}
        help_texts = {"purpose": _("Two or three sentences. Everybody sees them.")}

    def save(self, commit=True):
        # Who has just written the text has checked it.
        self.instance.reviewed_on = timezone.localdate()
        return super().save(commit)


class FactsForm(SectionForm):
    heading = _("Facts")
    coordinator = PersonChoiceField(Person.objects.none(), label=_("Coordinator"), required=False)

    class Meta:
        model = Network
        fields = ("coordinator", "rhythm", "participants", "steers")
        widgets = {
            "participants": forms.Textarea(attrs={"rows": 3}),
            "steers": forms.Textarea(attrs={"rows": 2}),
        }
        help_texts = {
            "rhythm": _("For example: neljä kertaa vuodessa."),
            "participants": _("Who takes part, separated by commas."),
            "steers": _("What the group steers, separated by commas. Leave empty if nothing."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["coordinator"].queryset = coordinators(self.instance.coordinator_id)


# The sections of the page that are edited in place, by the word in the address.
SECTIONS = {"perustiedot": BasicsForm, "tarkoitus": PurposeForm, "tiedot": FactsForm}


class PhaseForm(EditInPlaceForm):
    on = FinnishDateField(label=_("Date"), help_text=_("For example 1.12.2026"))

    class Meta:
        model = Phase
        fields = ("on", "precision", "status", "text")
        widgets = {"precision": forms.RadioSelect, "text": forms.Textarea(attrs={"rows": 2})}
        help_texts = {
            "status": _("Choose one when the network starts, pauses or ends; otherwise leave it empty."),
            "text": _("One sentence; leave it empty if the status says it all."),
        }


class MembershipForm(EditInPlaceForm):
    """A seat for somebody from the directory; whose it is does not change."""

    person = PersonChoiceField(Person.objects.none(), label=_("Person"), required=False)
    starts_on = FinnishDateField(label=_("Member from"))
    ends_on = FinnishDateField(label=_("Member until"), required=False)

    class Meta:
        model = Membership
        fields = ("person", "role", "organisation", "starts_on", "ends_on")
        help_texts = {"organisation": _("Whom the person represents here; the own organisation unless told.")}

    def __init__(self, *args, network, **kwargs):
        super().__init__(*args, **kwargs)
        self.network = network
        self.instance.network = network
        if self.instance.pk:
            del self.fields["person"]
        else:
            members = network.memberships.present().values("person")
            self.fields["person"].queryset = (
                Person.objects.present().exclude(pk__in=members).select_related("organisation")
            )
            self.fields["person"].required = True
            self.fields["person"].empty_label = _("Choose")
            self.initial.setdefault("starts_on", timezone.localdate())
        self.fields["organisation"].queryset = Organisation.objects.filter(
            Q(pk__in=Organisation.objects.working()) | Q(pk=self.instance.organisation_id)
        )

    def clean(self):
        cleaned = super().clean()
        person = cleaned.get("person")
        if person and not cleaned.get("organisation"):
            cleaned["organisation"] = person.organisation
        return cleaned


class NewMemberForm(forms.Form):
    """Somebody who is not in the directory yet becomes a person there and a member here."""

    given_name = forms.CharField(label=_("First name"), max_length=80)
    family_name = forms.CharField(label=_("Last name"), max_length=80)
    email = forms.EmailField(label=_("E-mail"), help_text=_("Invitations go here."))
    title = forms.CharField(label=_("Title"), max_length=120, required=False)
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Organisation"), required=False, empty_label=_("No organisation")
    )
    role = forms.ChoiceField(label=_("Role"), choices=Membership.Role.choices, initial=Membership.Role.MEMBER)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = Organisation.objects.working()

    def clean_email(self):
        email = self.cleaned_data["email"].lower()
        known = Person.objects.filter(email__iexact=email).first()
        if known:
            raise forms.ValidationError(
                _("%(name)s is in the directory with this address already. Choose the person from the list instead.")
                % {"name": known.name}
            )
        return email

    def save(self, network):
        data = dict(self.cleaned_data)
        role = data.pop("role")
        person = Person.objects.create(**data)
        return Membership.join(network, person, role=role)[0]


class MeetingForm(EditInPlaceForm):
    date = FinnishDateField(label=_("Date"), help_text=_("For example 1.12.2026"))
    starts = FinnishTimeField(label=_("Starts"))
    ends = FinnishTimeField(label=_("Ends"))
    agenda_file = AttachmentField(label=_("Agenda as a file"), required=False)

    class Meta:
        model = Meeting
        fields = ("title", "mode", "place", "remote_link", "agenda")
        widgets = {"mode": forms.RadioSelect}
        help_texts = {
            "place": _("Town and room, or the name of the online service."),
            "remote_link": _("Only those invited see the link."),
        }

    field_order = ("title", "date", "starts", "ends", "mode", "place", "remote_link", "agenda", "agenda_file")

    stored_in = {"date": "starts_at", "starts": "starts_at", "ends": "ends_at"}

    # What is in people's calendars: when one of these changes, those invited are told.
    TOLD = ("title", "mode", "place", "remote_link", "date", "starts", "ends")

    def __init__(self, *args, network, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.network = network
        if self.instance.pk:
            starts, ends = timezone.localtime(self.instance.starts_at), timezone.localtime(self.instance.ends_at)
            self.initial |= {"date": starts.date(), "starts": starts.time(), "ends": ends.time()}

    def clean(self):
        cleaned = super().clean()
        date, starts, ends = cleaned.get("date"), cleaned.get("starts"), cleaned.get("ends")
        if starts and ends and ends <= starts:
            self.add_error(
                "ends",
                _("The end %(ends)s is before the start %(starts)s.")
                % {"ends": written_time(ends), "starts": written_time(starts)},
            )
        elif date and starts and ends:
            zone = timezone.get_default_timezone()
            self.instance.starts_at = datetime.combine(date, starts, zone)
            self.instance.ends_at = datetime.combine(date, ends, zone)
        if cleaned.get("mode") == Meeting.Mode.ON_SITE and not cleaned.get("place"):
            self.add_error("place", _("Write where the meeting is held."))
        return cleaned

    @property
    def changes_calendars(self):
        """Whether something that stands in people's calendars was changed."""
        return any(name in self.changed_data for name in self.TOLD)


class SummaryForm(EditInPlaceForm):
    minutes_file = AttachmentField(label=_("Minutes as a file"), required=False)
    minutes_public = forms.BooleanField(
        label=_("The file is public"),
        required=False,
        help_text=_("Otherwise only members who sign in may open it."),
    )

    class Meta:
        model = Meeting
        fields = ("summary",)
        help_texts = {"summary": _("What was dealt with and agreed. Everybody sees it; no names or client matters.")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.minutes = Attachment.objects.of(self.instance).filter(purpose="minutes").first()
        if self.minutes:
            self.initial["minutes_public"] = self.minutes.is_public


class PeopleField(forms.ModelMultipleChoiceField):
    """People by their names, to tick."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, person):
        return person.name


class AttendanceForm(forms.Form):
    """Who was there, of those invited and of the other members."""

    present = PeopleField(Person.objects.none(), label=_("Present"), required=False)

    def __init__(self, *args, meeting, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["present"].queryset = meeting.possible_attendees()
        self.initial["present"] = list(meeting.attendances.filter(was_present=True).values_list("person", flat=True))


class ReplyForm(forms.Form):
    answer = forms.ChoiceField(
        label=_("Are you coming?"),
        choices=[(Attendance.Answer.COMING, _("I am coming")), (Attendance.Answer.NOT_COMING, _("I cannot come"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whether you are coming.")},
    )


class LetterForm(forms.Form):
    """A free letter to the members of a network."""

    subject = forms.CharField(label=_("Subject"), max_length=150)
    text = forms.CharField(
        label=_("Text"),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=_("Plain text. Your name and address are added as the place to answer to."),
    )
    key = forms.CharField(widget=forms.HiddenInput, max_length=40)


class BulkForm(forms.Form):
    """One act on the chosen rows of the list."""

    ACTS = [("status", _("Change the status")), ("coordinator", _("Change the coordinator")), ("export", _("Export"))]

    chosen = forms.ModelMultipleChoiceField(
        Network.objects.none(),
        error_messages={"required": _("Choose at least one network from the list.")},
        widget=forms.MultipleHiddenInput,
        label=_("Networks"),
    )
    act = forms.ChoiceField(label=_("What to do"), choices=ACTS, widget=forms.RadioSelect)
    status = forms.ChoiceField(
        label=_("New status"), choices=[("", _("Choose")), *Network.Status.choices], required=False
    )
    since = FinnishDateField(label=_("From"), required=False)
    coordinator = PersonChoiceField(
        Person.objects.none(), label=_("New coordinator"), required=False, empty_label=_("Choose")
    )
    form = forms.ChoiceField(
        label=_("File"), choices=[("xlsx", "Excel"), ("csv", "CSV")], required=False, initial="xlsx"
    )

    def __init__(self, *args, networks, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["chosen"].queryset = networks
        self.fields["coordinator"].queryset = coordinators()
        self.initial.setdefault("since", timezone.localdate())

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("act") == "status" and not cleaned.get("status"):
            self.add_error("status", _("Choose the new status."))
        cleaned["since"] = cleaned.get("since") or timezone.localdate()
        cleaned["form"] = cleaned.get("form") or "xlsx"
        if cleaned.get("act") == "coordinator" and not cleaned.get("coordinator"):
            self.add_error("coordinator", _("Choose the new coordinator."))
        return cleaned
