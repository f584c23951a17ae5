"""What may be typed in the Ilmapuntari, and the sentence when it is wrong."""

from datetime import datetime, timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from directory.county_fields import CountiesField, CountyField
from directory.forms import single_spaced
from directory.models import County, Organisation
from ilmapuntari import published, rules
from ilmapuntari.models import (
    AgreedAction,
    Instrument,
    Lead,
    Manager,
    MemberProposal,
    Round,
    Statement,
    Team,
    TeamMember,
    Theme,
)
from ilmapuntari.models.instrument import LANGUAGES
from ilmapuntari.sealed_box import LARGEST_UNIT
from publishing.editing import EditInPlaceForm
from publishing.finnish_dates import FinnishDateField, read_day, read_time, written_day, written_time

# Agreed actions -------------------------------------------------------------------------------------------------------


class AgreedActionForm(forms.ModelForm):
    """What the team agreed on: because of which statement, what, who by role, by when."""

    FURTHEST = timedelta(days=2 * 365)

    statement = forms.ChoiceField(label=_("Because of which statement"))
    by_on = FinnishDateField(label=_("By when"), help_text=_("For example 31.1.2027. The next round asks about it."))

    class Meta:
        model = AgreedAction
        fields = ("statement", "what", "who", "by_on")
        labels = {"what": _("What was agreed"), "who": _("Who, by role")}
        help_texts = {
            "what": _("One thing that can be seen to have happened. At most 200 characters."),
            "who": _("A role, not a name: for example the whole team, or the team leader."),
        }
        widgets = {"what": forms.Textarea(attrs={"rows": 2}), "who": forms.TextInput(attrs={"class": "medium"})}
        error_messages = {
            "what": {"required": _("Write what was agreed.")},
            "who": {"required": _("Write whose task it is, by role.")},
        }

    def __init__(self, *args, result, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["statement"].choices = statement_choices(result, self.instance.statement)
        self.fields["statement"].error_messages["required"] = _("Choose the statement.")

    def clean_what(self):
        return without_address(self.cleaned_data["what"])

    def clean_who(self):
        return without_address(self.cleaned_data["who"])

    def clean_by_on(self):
        day = self.cleaned_data["by_on"]
        today = timezone.localdate()
        if "by_on" in self.changed_data and day < today:
            raise forms.ValidationError(_("That day has passed. Choose a day to come."))
        if day > today + self.FURTHEST:
            raise forms.ValidationError(_("That is more than two years away. Check the year."))
        return day


def without_address(text):
    """The text as it is; refused when it holds an e-mail address, as agreed actions name nobody."""
    if "@" in text:
        raise forms.ValidationError(_("Leave e-mail addresses out: write a role, not a person."))
    return text


def statement_choices(result, chosen=""):
    """Statements as choices: first those to talk about, then the others in the order in which they are asked."""
    statements = {statement.identity: statement.text for statement in result.sheet.statements}
    first = {}
    for question in result.questions:
        heading = question.figure.state_words if question.figure and result.is_shown else _("To talk about")
        first.setdefault(str(heading), []).append(question.asked.identity)
    named = {identity for identities in first.values() for identity in identities}
    groups = [("", _("Choose"))]
    groups += [(heading, [(key, statements[key]) for key in identities]) for heading, identities in first.items()]
    others = [(key, text) for key, text in statements.items() if key not in named]
    if chosen and chosen not in statements:  # asked by an earlier version
        others.append((chosen, published.statement_text(result, chosen) or chosen))
    return [*groups, (_("Other statements"), others)] if others else groups


class ActionReviewForm(forms.Form):
    """Looking back: did it happen, and did it help?"""

    happened = forms.ChoiceField(
        label=_("Did it happen?"),
        choices=AgreedAction.Happened,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whether it happened.")},
    )
    helped = forms.ChoiceField(
        label=_("Did it help?"),
        choices=AgreedAction.Helped,
        widget=forms.RadioSelect,
        required=False,
        help_text=_("Leave empty if it was not done."),
    )

    def clean(self):
        data = super().clean()
        happened = data.get("happened")
        if happened == AgreedAction.Happened.NO:
            data["helped"] = ""
        elif happened and not data.get("helped") and "helped" not in self.errors:
            self.add_error("helped", _("Choose whether it helped. If you cannot say yet, choose so."))
        return data


# Teams --------------------------------------------------------------------------------------------------------------


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


# Rounds ---------------------------------------------------------------------------------------------------------------


class FinnishMomentField(forms.Field):
    """A day and a time of day in one field, written 30.11.2026 klo 8.00."""

    widget = forms.TextInput(attrs={"class": "medium", "autocomplete": "off"})
    default_error_messages = {
        "required": _("Write the day and the time like 30.11.2026 klo 8.00."),
        "no_time": _("The time is missing. Write it after the day, like 30.11.2026 klo 8.00."),
    }

    def prepare_value(self, value):
        if not isinstance(value, datetime):
            return value
        value = timezone.localtime(value)
        return f"{written_day(value)} klo {written_time(value)}"

    def to_python(self, value):
        text = " ".join(str(value or "").split())
        if not text:
            return None
        day, klo, clock = text.partition("klo")
        if not klo:
            day, _space, clock = text.rpartition(" ")
        if not day.strip() or not clock.strip():
            raise ValidationError(self.error_messages["no_time"], code="no_time")
        return datetime.combine(read_day(day), read_time(clock), timezone.get_default_timezone())

    def has_changed(self, initial, data):
        try:
            return initial != self.to_python(data)
        except ValidationError:
            return True


class RoundForm(EditInPlaceForm):
    """When a round is held and how many answers a result needs. Nothing has been frozen yet."""

    season = forms.ChoiceField(
        label=_("Season"),
        choices=Round.Season.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the season.")},
    )
    opens_at = FinnishMomentField(
        label=_("Opens"), help_text=_("Invitations go out then. For example 30.11.2026 klo 8.00")
    )
    first_reminder_at = FinnishMomentField(
        label=_("First reminder"),
        required=False,
        help_text=_("Goes to everybody, because nobody knows who has answered. Leave empty for none."),
    )
    second_reminder_at = FinnishMomentField(label=_("Second reminder"), required=False)
    closes_at = FinnishMomentField(label=_("Closes"))
    publishes_at = FinnishMomentField(
        label=_("Results are published"), help_text=_("All at the same time; usually at 7.00 on the next working day.")
    )

    class Meta:
        model = Round
        fields = (
            "season", "year", "opens_at", "first_reminder_at", "second_reminder_at", "closes_at", "publishes_at",
            "floor",
        )  # fmt: skip
        widgets = {
            "year": forms.NumberInput(attrs={"class": "time"}),
            "floor": forms.NumberInput(attrs={"class": "time"}),
        }
        labels = {"year": _("Year"), "floor": _("Answers needed at least")}
        help_texts = {
            "floor": _(
                "A result needs about half of those invited, never fewer than this. Five can be raised, not lowered."
            )
        }

    LARGEST_FLOOR = 20  # our own: higher than this hardly any team would get a result

    def clean_year(self):
        year = self.cleaned_data["year"]
        if not 2019 <= year <= timezone.localdate().year + 2:
            raise ValidationError(_("Check the year."))
        return year

    def clean_floor(self):
        floor = self.cleaned_data["floor"]
        if floor < rules.GATE_FLOOR:
            raise ValidationError(_("A result needs five answers at least, so that nobody can be recognised."))
        if floor > self.LARGEST_FLOOR:
            raise ValidationError(_("That is so many that hardly any team would get a result. At most 20."))
        return floor

    def clean_opens_at(self):
        opens_at = self.cleaned_data["opens_at"]
        if opens_at < timezone.now() and "opens_at" in self.changed_data:
            raise ValidationError(_("That time has passed. Choose a time to come."))
        return opens_at

    def clean(self):
        cleaned = super().clean()
        opens_at, closes_at = cleaned.get("opens_at"), cleaned.get("closes_at")
        if opens_at and closes_at and closes_at <= opens_at:
            self.add_error("closes_at", _("The round has to close after it opens."))
            closes_at = None
        if closes_at and cleaned.get("publishes_at") and cleaned["publishes_at"] <= closes_at:
            self.add_error("publishes_at", _("Results can be published only after the round has closed."))
        first, second = cleaned.get("first_reminder_at"), cleaned.get("second_reminder_at")
        for name, moment in (("first_reminder_at", first), ("second_reminder_at", second)):
            if moment and opens_at and closes_at and not opens_at < moment < closes_at:
                self.add_error(name, _("A reminder goes out while the round is open."))
        if second and not first:
            self.add_error("first_reminder_at", _("Write the first reminder here, and leave the second one empty."))
        elif first and second and second <= first:
            self.add_error("second_reminder_at", _("The second reminder comes after the first one."))
        return cleaned


class NewRoundForm(RoundForm):
    """A new round: its times, and the counties whose teams take part in it; single teams are chosen later."""

    counties = CountiesField(
        County.objects.none(),
        label=_("Counties"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("All their working teams take part at first; you can leave some out later."),
        error_messages={"required": _("Choose at least one county.")},
    )

    field_order = (*RoundForm.Meta.fields[:2], "counties", *RoundForm.Meta.fields[2:])

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        counties = County.objects.filter(pk__in=Team.objects.working().values("county"))
        self.fields["counties"].queryset = counties.order_by("-is_ours", "position", "code")
        self.initial.setdefault("counties", list(self.fields["counties"].queryset))

    @transaction.atomic
    def save(self, commit=True):
        round = super().save()
        round.plan_units(Team.objects.working().filter(county__in=self.cleaned_data["counties"]))
        return round


class RoundTeamsForm(forms.Form):
    """Which of these teams take part in the round."""

    teams = forms.ModelMultipleChoiceField(
        Team.objects.none(), label=_("Teams that take part"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, teams, chosen, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["teams"].queryset = teams
        self.fields["teams"].label_from_instance = lambda team: f"{team.name} ({team.organisation.called})"
        self.initial["teams"] = chosen


class UnitJoinForm(forms.Form):
    """Units of one organisation that answer as one this year."""

    units = forms.MultipleChoiceField(
        label=_("Who answers together"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least two.")},
    )
    name = forms.CharField(
        label=_("Name for these together"),
        max_length=200,
        help_text=_("Shown in letters and results. For example Nokian tiimit."),
        error_messages={"required": _("Write a name.")},
    )

    def __init__(self, *args, plans, **kwargs):
        super().__init__(*args, **kwargs)
        self.plans = {str(plan.unit.pk): plan for plan in plans}
        self.fields["units"].choices = [
            (
                key,
                ngettext("%(name)s (%(count)s person)", "%(name)s (%(count)s people)", plan.invited)
                % {"name": plan.unit.title, "count": plan.invited},
            )
            for key, plan in self.plans.items()
        ]

    def clean_units(self):
        chosen = [self.plans[key].unit for key in self.cleaned_data["units"]]
        if len(chosen) < 2:
            raise ValidationError(_("Choose at least two."))
        if sum(self.plans[str(unit.pk)].invited for unit in chosen) > LARGEST_UNIT:
            raise ValidationError(
                _("Together they are too many: at most %(count)s people can answer as one.") % {"count": LARGEST_UNIT}
            )
        return chosen


class CallOffForm(forms.Form):
    """Calling a round off is confirmed by writing its name."""

    name = forms.CharField(label=_("Name of the round"), max_length=100)

    def __init__(self, *args, round, **kwargs):
        super().__init__(*args, **kwargs)
        self.round = round
        self.fields["name"].help_text = _("Write %(name)s here to confirm.") % {"name": round.name}

    def clean_name(self):
        name = " ".join(self.cleaned_data["name"].split())
        if name.casefold() != self.round.name.casefold():
            raise ValidationError(_("Write %(name)s, just as it stands here.") % {"name": self.round.name})
        return name


class JoinerForm(forms.Form):
    """People of the unit's teams who came after the lists were frozen."""

    people = forms.MultipleChoiceField(
        label=_("Who joins"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one person.")},
    )

    def __init__(self, *args, unit, **kwargs):
        super().__init__(*args, **kwargs)
        self.possible = {str(member.pk): member for member in unit.possible_joiners()}
        self.fields["people"].choices = [
            (key, f"{member.name}, {member.email}") for key, member in self.possible.items()
        ]

    def clean_people(self):
        return [self.possible[key] for key in self.cleaned_data["people"]]


# The questionnaire ----------------------------------------------------------------------------------------------------


class TenthsField(forms.DecimalField):
    """A limit on the scale of means, typed 7,0 and stored in tenths."""

    def __init__(self, **kwargs):
        widget = forms.TextInput(attrs={"class": "time", "inputmode": "decimal", "autocomplete": "off"})
        super().__init__(min_value=0, max_value=10, decimal_places=1, localize=False, widget=widget, **kwargs)

    def prepare_value(self, value):
        return f"{value // 10},{value % 10}" if isinstance(value, int) else value

    def to_python(self, value):
        if isinstance(value, str):
            value = value.strip().replace(",", ".")
        return super().to_python(value)

    def clean(self, value):
        value = super().clean(value)
        return None if value is None else int(value * 10)

    def has_changed(self, initial, data):
        try:
            return initial != self.clean(data)
        except ValidationError:
            return True


GREEN_AFTER_YELLOW = _("Green has to begin above yellow.")


class InstrumentForm(EditInPlaceForm):
    """What holds for the whole version: limits of the states, noise, where the statements come from."""

    good_from = TenthsField(label=_("Green from"), help_text=_("Mean on the scale 0–10, for example 7,0."))
    fair_from = TenthsField(label=_("Yellow from"), help_text=_("Below it is red."))
    noise_sd = TenthsField(
        label=_("Spread of answers"),
        help_text=_("Standard deviation of one person's answer. With the next one it decides when a change is told."),
    )

    class Meta:
        model = Instrument
        fields = ("good_from", "fair_from", "noise_sd", "noise_r", "origin_fi", "origin_sv", "origin_en")
        labels = {"noise_r": _("Correlation of two rounds, in hundredths")}
        widgets = {
            "noise_r": forms.NumberInput(attrs={"class": "time"}),
            **{f"origin_{code}": forms.Textarea(attrs={"rows": 2}) for code in LANGUAGES},
        }

    def clean_noise_sd(self):
        if not self.cleaned_data["noise_sd"]:
            raise ValidationError(_("A spread of nothing would tell every change."))
        return self.cleaned_data["noise_sd"]

    def clean(self):
        cleaned = super().clean()
        good, fair = cleaned.get("good_from"), cleaned.get("fair_from")
        if good is not None and fair is not None and good <= fair:
            self.add_error("good_from", GREEN_AFTER_YELLOW)
        return cleaned


class ThemeForm(EditInPlaceForm):
    """The name of a theme in three languages."""

    class Meta:
        model = Theme
        fields = ("name_fi", "name_sv", "name_en")


class StatementForm(EditInPlaceForm):
    """A statement in three languages, its direction, its limits and its questions for discussion."""

    theme = forms.ModelChoiceField(Theme.objects.none(), label=_("Theme"), empty_label=None)
    good_from = TenthsField(
        label=_("Green from"), required=False, help_text=_("Leave empty for the limits of the whole version.")
    )
    fair_from = TenthsField(label=_("Yellow from"), required=False)
    new_meaning = forms.BooleanField(
        label=_("The meaning changes"),
        required=False,
        help_text=_("Then the statement is not compared with earlier versions. Leave it for a better wording."),
    )

    class Meta:
        model = Statement
        fields = (
            *(f"text_{code}" for code in LANGUAGES), "theme", "is_reversed", "good_from", "fair_from",
            *(f"mid_{code}" for code in LANGUAGES), *(f"bad_{code}" for code in LANGUAGES),
        )  # fmt: skip
        labels = {"is_reversed": _("A high figure is bad")}
        help_texts = {
            "is_reversed": _("Results turn the figures, so that higher is always better."),
            "text_fi": _("At most 140 characters. It is answered from 0 (does not match) to 10 (matches)."),
        }
        widgets = {
            **{f"text_{code}": forms.Textarea(attrs={"rows": 2, "lang": code}) for code in LANGUAGES},
            **{
                f"{name}_{code}": forms.Textarea(attrs={"rows": 2, "lang": code})
                for name in ("mid", "bad")
                for code in LANGUAGES
            },
        }

    def __init__(self, *args, instrument, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["theme"].queryset = instrument.themes.order_by("position")
        if not self.instance.pk:
            del self.fields["new_meaning"]

    def clean(self):
        cleaned = super().clean()
        good, fair = cleaned.get("good_from"), cleaned.get("fair_from")
        if (good is None) != (fair is None):
            self.add_error("good_from" if good is None else "fair_from", _("Write both limits, or leave both empty."))
        elif good is not None and good <= fair:
            self.add_error("good_from", GREEN_AFTER_YELLOW)
        return cleaned

    @transaction.atomic
    def save(self, commit=True):
        if not self.instance.pk:
            fields = {name: value for name, value in self.cleaned_data.items() if name not in ("seen", "theme")}
            return self.cleaned_data["theme"].add_statement(**fields)
        statement = super().save()
        if "theme" in self.changed_data:
            statement.put_into(self.cleaned_data["theme"])
        if self.cleaned_data["new_meaning"]:
            statement.change_identity()
        return statement
