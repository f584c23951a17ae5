"""What may be typed of teams and their people."""

from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from directory.county_fields import CountyField
from directory.forms import single_spaced
from directory.models import Organisation
from ilmapuntari.models import (
    Lead,
    Manager,
    MemberProposal,
    Team,
    TeamMember,
)
from publishing.editing import EditInPlaceForm
from publishing.finnish_dates import FinnishDateField, written_day


class TeamForm(EditInPlaceForm):
    """The facts of a team; its people have pages of their own."""

    county = CountyField(
        label=_("Wellbeing services county"),
        required=False,
        empty_label=_("That of the organisation"),
        widget=forms.Select(attrs={"class": "medium"}),
        help_text=_("All teams of an organisation are in one county."),
    )

    class Meta:
        model = Team
        fields = ("name", "organisation", "county", "service", "leader_answers_with_team", "slips")
        widgets = {
            "service": forms.Select(attrs={"class": "medium"}),
            "slips": forms.NumberInput(attrs={"class": "short", "min": 0, "max": 200}),
        }
        help_texts = {
            "name": _("As the team calls itself. The organisation need not be repeated in it."),
            "leader_answers_with_team": _(
                "Then the result needs one answer more. Otherwise leaders answer together with other leaders."
            ),
        }
        error_messages = {
            "name": {"required": _("Write the name.")},
            "organisation": {"required": _("Choose the organisation.")},
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        organisations = Organisation.objects.working() | Organisation.objects.filter(pk=self.instance.organisation_id)
        self.fields["organisation"].queryset = organisations.in_finnish_order()
        for name in ("name", "organisation", "service", "leader_answers_with_team", "slips"):
            self.fields[name].label = str(self.fields[name].label).capitalize()

    def clean_name(self):
        return single_spaced(self.cleaned_data["name"])

    def clean_slips(self):
        slips = self.cleaned_data["slips"]
        if slips > 200:
            raise ValidationError(_("At most 200 slips are printed for a team."))
        return slips

    def clean(self):
        cleaned = super().clean()
        organisation = cleaned.get("organisation")
        if organisation and "county" not in self.errors and not cleaned.get("county"):
            cleaned["county"] = Team.county_of(organisation)
            if cleaned["county"] is None:
                self.add_error("county", _("The county of the organisation is not known. Choose it."))
        return cleaned

    def save(self, *, by):
        fields = {name: self.cleaned_data[name] for name in self._meta.fields}
        if self.instance.pk is None:
            return Team.found(**fields)
        team = Team.objects.get(pk=self.instance.pk)
        team.change(by=by, **fields)
        return team


class DayForm(forms.Form):
    """From which day on something of a team holds."""

    on = FinnishDateField(label=_("From the day"), help_text=_("For example 1.12.2026"))

    def __init__(self, *args, team, **kwargs):
        super().__init__(*args, **kwargs)
        self.team = team
        self.initial.setdefault("on", timezone.localdate())

    def clean_on(self):
        on = self.cleaned_data["on"]
        if on < self.team.started_on:
            raise ValidationError(
                _("The team came along on %(day)s. Choose that day or a later one."),
                params={"day": written_day(self.team.started_on)},
            )
        if on > timezone.localdate() + timedelta(days=366):
            raise ValidationError(_("The day is over a year away. Come back when it is nearer."))
        return on


class TeamChoiceField(forms.ModelChoiceField):
    """A team with its organisation, as names repeat from one organisation to another."""

    def label_from_instance(self, team):
        return f"{team.name} ({team.organisation.called})"


class JoinForm(DayForm):
    other = TeamChoiceField(
        Team.objects.none(),
        label=_("Joins the team"),
        empty_label=_("Choose"),
        error_messages={"required": _("Choose the team.")},
    )

    field_order = ("other", "on")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        others = Team.objects.working().exclude(pk=self.team.pk).filter(ended_on=None)
        self.fields["other"].queryset = others.select_related("organisation").in_finnish_order()

    def clean(self):
        cleaned = super().clean()
        other, on = cleaned.get("other"), cleaned.get("on")
        if other and on and on < other.started_on:
            self.add_error(
                "on",
                _("The team %(team)s came along on %(day)s. Choose that day or a later one.")
                % {"team": other.name, "day": written_day(other.started_on)},
            )
        return cleaned


class MembersField(forms.ModelMultipleChoiceField):
    """Members of a team by name and address, to tick."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, member):
        return f"{member.name}, {member.email}"


class SplitForm(DayForm):
    name = forms.CharField(
        label=_("Name of the new team"), max_length=120, error_messages={"required": _("Write the name.")}
    )
    members = MembersField(
        TeamMember.objects.none(),
        label=_("Who move to the new team"),
        error_messages={"required": _("Choose at least one member who moves to the new team.")},
    )

    field_order = ("name", "members", "on")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["members"].queryset = self.team.members.not_over().by_name()

    def clean_name(self):
        name = single_spaced(self.cleaned_data["name"])
        if Team.objects.of(self.team.organisation).filter(name__iexact=name).exists():
            raise ValidationError(_("The organisation has a team of this name already."))
        return name


class MemberForm(EditInPlaceForm):
    """Somebody who answers with the team; the coordinator writes this directly."""

    class Meta:
        model = TeamMember
        fields = ("name", "email")
        labels = {"name": _("First and last name"), "email": _("E-mail")}
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "off"}),
            "email": forms.EmailInput(attrs={"autocomplete": "off"}),
        }
        help_texts = {"email": _("The letters of a round go here.")}
        error_messages = {
            "name": {"required": _("Write the name.")},
            "email": {"required": _("Write the e-mail address.")},
        }

    def __init__(self, *args, team, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.team = team

    def clean_name(self):
        return single_spaced(self.cleaned_data["name"])

    def clean_email(self):
        email = self.cleaned_data["email"].lower()
        members = self.instance.team.members.not_over().exclude(pk=self.instance.pk)
        if members.filter(email__iexact=email).exists():
            raise ValidationError(_("This address is in the team already."))
        return email


class ProposalForm(EditInPlaceForm):
    """A leader's wish: somebody joins the team, or a member's name or address changes."""

    name = forms.CharField(
        label=_("First and last name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Write the name.")},
    )
    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("The letters of a round go here."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Write the e-mail address.")},
    )

    class Meta:
        model = MemberProposal
        fields = ("name", "email")

    def __init__(self, *args, team, by, member=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.team, self.instance.proposed_by, self.instance.member = team, by, member
        self.instance.kind = MemberProposal.Kind.CHANGE if member else MemberProposal.Kind.ADD
        if member:
            self.initial |= {"name": member.name, "email": member.email}

    def clean_name(self):
        return single_spaced(self.cleaned_data["name"])

    def clean_email(self):
        return self.cleaned_data["email"].lower()

    def clean(self):
        cleaned = super().clean()
        member = self.instance.member
        if member and (cleaned.get("name"), cleaned.get("email")) == (member.name, member.email.lower()):
            self.add_error("name", _("This is what stands in the list already. Write what changes."))
        return cleaned


class NamedAddressForm(forms.Form):
    """Somebody who is given a right in the Ilmapuntari by name and address."""

    name = forms.CharField(
        label=_("First and last name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Write the name.")},
    )
    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("Signing in is by a code sent here, without a password."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Write the e-mail address.")},
    )

    def clean_name(self):
        return single_spaced(self.cleaned_data["name"])

    def clean_email(self):
        return self.cleaned_data["email"].lower()


class LeadForm(NamedAddressForm):
    def __init__(self, *args, team, **kwargs):
        super().__init__(*args, **kwargs)
        self.team = team

    def clean_email(self):
        email = super().clean_email()
        if self.team.leads.not_over().filter(user__email=email).exists():
            raise ValidationError(_("This person leads the team already."))
        return email

    def save(self):
        return Lead.appoint(self.team, **self.cleaned_data)


class ManagerForm(NamedAddressForm):
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Organisation"), required=False, empty_label=_("Not chosen")
    )
    county = CountyField(
        label=_("Wellbeing services county"),
        required=False,
        empty_label=_("Not chosen"),
        help_text=_("Choose an organisation or a county, not both."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = Organisation.objects.filter(
            pk__in=Team.objects.working().values("organisation")
        ).in_finnish_order()

    def clean(self):
        cleaned = super().clean()
        organisation, county = cleaned.get("organisation"), cleaned.get("county")
        if self.errors:
            return cleaned
        if bool(organisation) == bool(county):
            self.add_error("organisation", _("Choose an organisation or a county, not both."))
        elif (
            Manager.objects.not_over()
            .filter(user__email=cleaned["email"], organisation=organisation, county=county)
            .exists()
        ):
            self.add_error("email", _("This person answers for it already."))
        return cleaned

    def save(self):
        return Manager.appoint(**self.cleaned_data)
