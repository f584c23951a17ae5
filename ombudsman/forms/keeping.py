"""What the ombudsman may type to keep the room: substitutions, times of keeping, values of counting, the area."""

import itertools
import uuid
from datetime import datetime, timedelta

from dateutil.relativedelta import relativedelta
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from accounts.models import Appointment, Role, User
from directory.county_fields import CountyField
from directory.forms import checked_phone
from directory.models import Municipality
from ombudsman import retention
from ombudsman.forms.base import CarefulForm, CarefulModelForm
from ombudsman.models import (
    Case,
    Code,
    LogRow,
    OtherWork,
    PublicDetails,
    Retention,
    ServedArea,
    Substitution,
    holders,
)
from publishing.finnish_dates import FinnishDateField, written_day

EXAMPLE = _("For example 1.12.2026")
Kind = Retention.Kind


# The log ———————————————————————————————————————————————————————————————————————————————————————————————————————————


class LogForm(forms.Form):
    """What may be asked of the log of reading. A day that makes no sense limits nothing."""

    NAMES = {"person": "henkilo", "record": "tieto", "first": "alkaen", "last": "asti"}

    person = forms.ModelChoiceField(
        label=_("Who"), queryset=User.objects.none(), required=False, empty_label=pgettext_lazy("log", "Everybody")
    )
    record = forms.CharField(
        label=_("Number of a matter"),
        max_length=36,
        required=False,
        widget=forms.TextInput(attrs={"class": "medium", "autocomplete": "off"}),
        help_text=_("For example 2026-17. Its contacts, measures and files are looked for as well."),
    )
    first = FinnishDateField(label=_("First day"), required=False)
    last = FinnishDateField(label=_("Last day"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        seen = LogRow.objects.filter(user=OuterRef("pk"))
        self.fields["person"].queryset = User.objects.filter(Exists(seen)).order_by("email")

    def add_prefix(self, field_name):
        """In the address the words are Finnish."""
        return self.NAMES.get(field_name, field_name)

    def clean_record(self):
        """The keys that the text means: of one record by its key, of a matter with all that belongs to it."""
        text = self.cleaned_data["record"].strip()
        if not text:
            return None
        try:
            return [uuid.UUID(text)]
        except ValueError:
            case = Case.objects.filter(number=text).first()
        if case is None:
            return []
        parts = (getattr(case, name).values_list("pk", flat=True) for name in ("contacts", "measures", "files"))
        return [case.pk, *itertools.chain(*parts)]

    @property
    def limits(self):
        return sum(value not in (None, "") for value in self.cleaned_data.values()) if self.is_bound else 0

    def rows(self):
        """The rows that were asked for, newest first."""
        self.is_valid()
        asked, rows = self.cleaned_data, LogRow.objects.newest_first()
        if asked.get("person"):
            rows = rows.filter(user=asked["person"])
        if asked.get("record") is not None:
            rows = rows.filter(Q(opened__overlap=asked["record"]) | Q(wrote__overlap=asked["record"]))
        if asked.get("first"):
            rows = rows.filter(at__gte=midnight(asked["first"]))
        if asked.get("last"):
            rows = rows.filter(at__lt=midnight(asked["last"] + timedelta(days=1)))
        return rows


def midnight(day):
    """The moment at which a day begins."""
    return timezone.make_aware(datetime.combine(day, datetime.min.time()))


# Substitutions —————————————————————————————————————————————————————————————————————————————————————————————————————


def named_substitutes():
    """Whom the managing director has appointed, except those who never see the caseload: see `sight_of`."""
    found = holders(Appointment.Office.SUBSTITUTE).filter(is_superuser=False)
    return found.exclude(groups__name=Role.DIRECTOR).order_by("email")


class SubstituteField(forms.ModelChoiceField):
    """One of the named substitutes; where there is only one, that one is chosen already."""

    widget = forms.RadioSelect

    def __init__(self):
        super().__init__(User.objects.none(), label=_("Substitute"), empty_label=None)

    def offer(self):
        self.queryset = named_substitutes()
        found = list(self.queryset[:2])
        if len(found) == 1:
            self.initial = found[0].pk


class SubstitutionForm(forms.ModelForm):
    """Who sees the caseload, from when until when, and how much of it."""

    substitute = SubstituteField()
    starts_on = FinnishDateField(label=_("First day"), help_text=_("Today at the earliest. For example 1.12.2026"))
    ends_on = FinnishDateField(
        label=_("Last day"), help_text=_("The substitute sees the caseload until the end of this day.")
    )

    class Meta:
        model = Substitution
        fields = ("substitute", "starts_on", "ends_on", "scope")
        widgets = {"scope": forms.RadioSelect}
        labels = {"scope": _("What the substitute sees")}
        help_texts = {
            "scope": _(
                "Of open matters the substitute sees contacts and files too, and messages that have not been answered."
            )
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.error_title = _("No substitution was set yet")
        self.fields["substitute"].offer()

    def clean_starts_on(self):
        day = self.cleaned_data["starts_on"]
        if day < timezone.localdate():
            raise ValidationError(_("The first day has passed already. Write today or a later day."))
        return day

    def clean(self):
        cleaned = super().clean()
        substitute, first, last = (cleaned.get(name) for name in ("substitute", "starts_on", "ends_on"))
        if not (substitute and first and last and first <= last):
            return cleaned
        User.objects.select_for_update().get(pk=substitute.pk)  # two at once: the second sees the first
        in_office = substitute.appointments.filter(office=Appointment.Office.SUBSTITUTE)
        if not in_office.in_force(first).exists() or not in_office.in_force(last).exists():
            self.add_error(
                "ends_on",
                _("The appointment of the substitute does not last so long. Ask the managing director to lengthen it."),
            )
        other = substitute.substitutions.not_over().filter(starts_on__lte=last, ends_on__gte=first).first()
        if other:
            self.add_error(
                "starts_on",
                _("The person is a substitute already from %(first)s to %(last)s. End that first.")
                % {"first": written_day(other.starts_on), "last": written_day(other.ends_on)},
            )
        return cleaned


class SwitchForm(forms.Form):
    """Which of the named substitutes the managing director switches on."""

    substitute = SubstituteField()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.error_title = _("Nobody was switched on")
        self.fields["substitute"].offer()

    @property
    def waiting(self):
        """The named substitutes who do not see the caseload already."""
        return named_substitutes().exclude(pk__in=Substitution.objects.in_force().values("substitute"))


# Times of keeping ——————————————————————————————————————————————————————————————————————————————————————————————————


def going_at_once(kind, months):
    """How many records of a kind would be deleted within the hour, were they kept for so many months."""
    return retention.due(kind, months=months).count()


class RetentionForm(forms.Form):
    """Months for each kind of record. Where a shorter time deletes something at once, that has to be said twice."""

    MOST = 240  # months, our own rule: twenty years; longer than that nobody has asked to keep anything

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.times = {time.kind: time for time in Retention.objects.order_by("kind")}
        self.going = 0
        for kind in Kind:
            least = Retention.LEAST[kind]
            self.fields[kind.value] = forms.IntegerField(
                label=str(kind.label).capitalize(),
                help_text=_("Months, from %(least)s to %(most)s") % {"least": least, "most": self.MOST},
                initial=self.times[kind].months,
                min_value=least,
                max_value=self.MOST,
                widget=forms.NumberInput(attrs={"class": "short"}),
            )
        self.fields["sure"] = forms.BooleanField(label=_("Yes, delete them"), required=False)
        self.fields["told"] = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean(self):
        cleaned = super().clean()
        if any(kind.value not in cleaned for kind in Kind):
            return cleaned
        shorter = [kind for kind in Kind if cleaned[kind.value] < self.times[kind].months]
        self.going = sum(going_at_once(kind, cleaned[kind.value]) for kind in shorter)
        # What was agreed to were these months; others, changed beside the tick, are asked about anew.
        asked = ",".join(str(cleaned[kind.value]) for kind in Kind)
        if self.going and not (cleaned["sure"] and cleaned["told"] == asked):
            self.data = self.data.copy()
            self.data["told"] = asked
            self.data.pop("sure", None)
            self.add_error(
                "sure",
                ngettext(
                    "With these times %(count)s record is deleted within the hour, and nothing brings it back. "
                    "Tick the box if that is right.",
                    "With these times %(count)s records are deleted within the hour, and nothing brings them back. "
                    "Tick the box if that is right.",
                    self.going,
                )
                % {"count": self.going},
            )
        return cleaned

    def visible_fields(self):
        return [field for field in super().visible_fields() if field.name != "sure" or self.going]

    def save(self):
        for kind in Kind:
            Retention.objects.filter(kind=kind).update(months=self.cleaned_data[kind.value])


class ContactKeepForm(CarefulForm):
    """Until when a record is kept though its time is up."""

    YEARS = 10  # our own rule: what is needed for longer is postponed again

    kept_until = FinnishDateField(label=_("Keep at least until"), help_text=EXAMPLE)

    def clean_kept_until(self):
        day, today = self.cleaned_data["kept_until"], timezone.localdate()
        if day <= today:
            raise ValidationError(_("The day has passed already. Write a day to come."))
        if day > today + relativedelta(years=self.YEARS):
            raise ValidationError(_("A record can be postponed by ten years at most."))
        return day


class CaseKeepForm(ContactKeepForm):
    reason = forms.CharField(
        label=_("Why it is kept"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The reason rests sealed with the matter."),
    )


# Other work ————————————————————————————————————————————————————————————————————————————————————————————————————————


class OtherWorkForm(CarefulModelForm):
    done_on = FinnishDateField(label=_("Day"), help_text=EXAMPLE)
    county = CountyField(
        label=_("Wellbeing services county"),
        required=False,
        empty_label=_("No county"),
        widget=forms.Select(attrs={"class": "medium"}),
        help_text=_("In the account of this county; without one, in the account of the whole area."),
    )

    class Meta:
        model = OtherWork
        fields = ("title", "kind", "done_on", "audience", "place", "county", "participants")
        widgets = {
            "kind": forms.RadioSelect,
            "place": forms.TextInput(attrs={"class": "medium"}),
            "participants": forms.NumberInput(attrs={"class": "short", "min": 0}),
        }
        help_texts = {
            "title": _("For example a meeting with the staff of disability services. Nothing about a client."),
            "audience": _("For example social workers, or the committee that asked for a statement."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = OtherWork.Kind.choices  # without an empty one to choose

    def clean_done_on(self):
        day = self.cleaned_data["done_on"]
        if day > timezone.localdate():
            raise ValidationError(_("The day is still to come. The account counts what has been done."))
        return day


# What is counted ———————————————————————————————————————————————————————————————————————————————————————————————————


class CodeForm(CarefulModelForm):
    """A value of counting: a new one of a variable, or one that is corrected or ended."""

    starts_on = FinnishDateField(
        label=_("First day"), required=False, help_text=_("Empty if it has always been there. For example 1.1.2027")
    )
    ends_on = FinnishDateField(
        label=_("Last day"), required=False, help_text=_("Empty while it can be chosen. For example 31.12.2026")
    )

    class Meta:
        model = Code
        fields = ("variable", "name", "name_sv", "name_en", "key", "position", "starts_on", "ends_on", "maps_to")
        widgets = {
            "key": forms.TextInput(attrs={"class": "time", "autocomplete": "off"}),
            "position": forms.NumberInput(attrs={"class": "short", "min": 0}),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        code = self.instance
        self.fields["position"].label = _("Place in the list")
        self.fields["key"].label = pgettext_lazy("keyboard", "Key")
        if code.pk is None:
            del self.fields["ends_on"], self.fields["maps_to"]
            self.fields["position"].required = False
            self.fields["position"].help_text = _("Empty: last.")
            self.fields["position"].initial = None
            self.fields["variable"].empty_label = None
            return
        del self.fields["variable"]
        others = Code.objects.of(code.variable).exclude(pk=code.pk).in_order()
        maps_to = self.fields["maps_to"]
        maps_to.queryset = others.filter(Q(ends_on=None) | Q(ends_on__gt=timezone.localdate()) | Q(pk=code.maps_to_id))
        maps_to.label = _("Counted from then on as")
        maps_to.empty_label = _("Itself: it is not compared with what comes instead")
        maps_to.help_text = _(
            "When a value ends, tables of later years count it as this, so that years stay comparable."
        )

    def clean_key(self):
        key = self.cleaned_data["key"].lower()
        if key and not key.isalnum():
            raise ValidationError(_("The key is one letter or digit."))
        return key

    def clean_position(self):
        position = self.cleaned_data["position"]
        return self.instance.position if position is None else position

    def clean(self):
        cleaned = super().clean()
        variable = cleaned.get("variable") or self.instance.variable
        others = Code.objects.of(variable).exclude(pk=self.instance.pk)
        self.check_days(cleaned, others)
        if not self.is_over(cleaned.get("ends_on")):
            chosen_now = others.filter(Q(ends_on=None) | Q(ends_on__gte=timezone.localdate()))
            name, key = cleaned.get("name"), cleaned.get("key")
            if name and chosen_now.filter(name__iexact=name).exists():
                self.add_error("name", _("There is such a value already."))
            taken = chosen_now.filter(key=key).first() if key else None
            if taken:
                self.add_error("key", _("The key chooses “%(name)s” already.") % {"name": taken.label})
        return cleaned

    @staticmethod
    def is_over(ends_on):
        return ends_on is not None and ends_on < timezone.localdate()

    def check_days(self, cleaned, others):
        """Days in order; after the last day there is something left to choose and to be counted as."""
        first, last, counted_as = (cleaned.get(name) for name in ("starts_on", "ends_on", "maps_to"))
        if first and last and last < first:
            self.add_error("ends_on", _("The last day cannot be before the first."))
        elif last and not others.filter(Q(ends_on=None) | Q(ends_on__gt=last)).exists():
            self.add_error("ends_on", _("Nothing would be left to choose. Add first what comes instead."))
        if counted_as and not last and "ends_on" not in self.errors:
            self.add_error("ends_on", _("Write the last day: it is counted as something else only after it."))
        if counted_as and last and counted_as.ends_on and counted_as.ends_on <= last:
            self.add_error("maps_to", _("This one ends as early. Choose one that goes on longer."))
        if counted_as and leads_to(counted_as, self.instance.pk):
            self.add_error("maps_to", _("This one is itself counted as the one that you are ending."))

    def save(self):
        code = self.instance
        if code.pk is None:
            code.code = free_code(code.variable, code.name)
            if not self.cleaned_data["position"]:
                last = Code.objects.of(code.variable).in_order().last()
                code.position = last.position + 1 if last else 1
        return super().save()


def leads_to(code, pk):
    """Whether a code is counted as the other one, at once or by way of others."""
    seen = set()
    while code is not None and code.pk not in seen:
        if code.pk == pk:
            return True
        seen.add(code.pk)
        code = code.maps_to
    return False


def free_code(variable, name):
    """What rows of counting call a new value, for good: made of its first name."""
    base = slugify(name)[:26].strip("-") or "value"
    taken = set(Code.objects.of(variable).values_list("code", flat=True))
    return next(
        code for code in itertools.chain([base], (f"{base}-{n}" for n in itertools.count(2))) if code not in taken
    )


# The area that is served, and what is told of reaching the ombudsman ——————————————————————————————————————————————————


class MunicipalityField(forms.ModelChoiceField):
    """One municipality, under its county; what cannot be a code is not looked for."""

    def __init__(self, **kwargs):
        super().__init__(Municipality.objects.select_related("sub_region__county"), **kwargs)

    def offer(self):
        """Our own counties first."""
        order = ("-sub_region__county__is_ours", "sub_region__county__position", "sub_region__county__code", "name_key")
        by_county = itertools.groupby(self.queryset.order_by(*order), key=lambda place: place.sub_region.county)
        groups = [(county.short_name, [(place.pk, place.name) for place in places]) for county, places in by_county]
        self.choices = [("", _("Choose a municipality")), *groups]

    def to_python(self, value):
        if value and not isinstance(value, Municipality) and not str(value).isalnum():
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice", params={"value": "?"})
        return super().to_python(value)


class ServedAreaForm(forms.ModelForm):
    """A municipality comes to the area."""

    municipality = MunicipalityField(label=_("Municipality"))
    starts_on = FinnishDateField(label=_("First day"), help_text=EXAMPLE)

    class Meta:
        model = ServedArea
        fields = ("municipality", "starts_on")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["municipality"].offer()

    def clean(self):
        cleaned = super().clean()
        place, first = cleaned.get("municipality"), cleaned.get("starts_on")
        if place and first:
            others = ServedArea.objects.filter(municipality=place)
            if others.filter(Q(ends_on=None) | Q(ends_on__gte=first)).exists():
                self.add_error("municipality", _("The municipality is served already on that day or after it."))
        return cleaned


class AreaEndForm(forms.Form):
    """A municipality leaves the area, or was added by mistake."""

    served = forms.ModelChoiceField(label=_("Municipality"), queryset=ServedArea.objects.none())
    ends_on = FinnishDateField(label=_("Last day"), required=False, help_text=EXAMPLE)
    was_mistake = forms.BooleanField(label=_("It was added by mistake: remove it altogether"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        rows = ServedArea.objects.select_related("municipality").order_by("municipality__name_key", "starts_on")
        self.fields["served"].queryset = rows
        self.fields["served"].label_from_instance = self.named

    @staticmethod
    def named(row):
        """Akaa, 1.1.2022–: one municipality may have come twice."""
        return f"{row.municipality}, {written_day(row.starts_on)}–{written_day(row.ends_on) if row.ends_on else ''}"

    def clean(self):
        cleaned = super().clean()
        served, last = cleaned.get("served"), cleaned.get("ends_on")
        if served and not cleaned.get("was_mistake") and "ends_on" not in self.errors:
            if last is None:
                self.add_error("ends_on", _("Write the last day, or tick that it was added by mistake."))
            elif last < served.starts_on:
                self.add_error("ends_on", _("The last day cannot be before the first."))
        return cleaned

    def save(self):
        served = self.cleaned_data["served"]
        if self.cleaned_data["was_mistake"]:
            served.delete()
        else:
            served.ends_on = self.cleaned_data["ends_on"]
            served.save(update_fields=["ends_on"])
        return served


class DetailsForm(CarefulModelForm):
    class Meta:
        model = PublicDetails
        fields = ("phone", "hours", "address", "note")
        widgets = {
            "phone": forms.TextInput(attrs={"class": "medium", "inputmode": "tel", "autocomplete": "off"}),
            "address": forms.TextInput(attrs={"autocomplete": "off"}),
            "note": forms.Textarea(attrs={"rows": 3}),
        }
        help_texts = {
            "phone": _("For example 040 000 0000"),
            "hours": _("For example Monday to Thursday from 9 to 12"),
            "address": _("Street, postal code and town in one line."),
        }

    def clean_phone(self):
        return checked_phone(self.cleaned_data["phone"])
