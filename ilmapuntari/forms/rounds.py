"""What may be typed of rounds."""

from datetime import datetime

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from directory.county_fields import CountiesField
from directory.models import County
from ilmapuntari import rules
from ilmapuntari.models import (
    Round,
    Team,
)
from ilmapuntari.sealed_box import LARGEST_UNIT
from publishing.editing import EditInPlaceForm
from publishing.finnish_dates import read_day, read_time, written_day, written_time


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

    def __init__(self, *args, teams, chosen, together=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.together = together
        self.fields["teams"].queryset = teams
        self.fields["teams"].label_from_instance = lambda team: f"{team.name} ({team.organisation.called})"
        self.initial["teams"] = chosen

    def clean_teams(self):
        """Teams that have answered as one this year take part all or none."""
        chosen = self.cleaned_data["teams"]
        keys = {team.pk for team in chosen}
        shown = {team.pk: team for team in self.fields["teams"].queryset}
        for group in self.together:
            mates = [shown[pk] for pk in sorted(group) if pk in shown]
            if 0 < sum(team.pk in keys for team in mates) < len(mates):
                raise ValidationError(
                    _("These teams have answered as one this year, so choose all of them or none: %(names)s.")
                    % {"names": ", ".join(team.name for team in mates)}
                )
        return chosen


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
        self.most = len(unit.spares)
        self.possible = {str(member.pk): member for member in unit.possible_joiners()}
        self.fields["people"].choices = [
            (key, f"{member.name}, {member.email}") for key, member in self.possible.items()
        ]

    def clean_people(self):
        people = [self.possible[key] for key in self.cleaned_data["people"]]
        if len(people) > self.most:
            raise ValidationError(
                ngettext("Only %(count)s person can still join.", "At most %(count)s people can still join.", self.most)
                % {"count": self.most}
            )
        return people
