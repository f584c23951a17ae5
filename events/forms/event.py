"""One event: the sections of its page, and the same change for later occasions of its series."""

from datetime import UTC, datetime

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from directory.county_fields import CountiesField
from directory.models import County, Person
from directory.person_fields import PersonChoiceField, coordinators
from events.forms.fields import HostsField, PriceField
from events.models import Event, Series
from events.models.event import recording_end
from publishing.audience import Audience
from publishing.editing import EditInPlaceForm
from publishing.finnish_dates import FinnishDateField, FinnishTimeField, written_day

ONLY_THIS, LATER, ALL = "this", "later", "all"


def moment(day, clock):
    """The moment of a day and a time of day here.

    In UTC: two of one zone are compared by their clocks, which on the day on which they are turned is not their order.
    """
    return timezone.make_aware(datetime.combine(day, clock)).astimezone(UTC)


class SectionForm(EditInPlaceForm):
    """One section of an event's page. `SHARED` names what may be changed for other occasions of the series as well."""

    heading = ""
    SHARED = ()

    class Meta:
        model = Event
        fields = ()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "counties" in self.fields:
            self.fields["counties"].offer(self.initial.get("counties", ()))
        later, every = self.other_occasions()
        if self.SHARED and every:
            choices = [(ONLY_THIS, _("only this event"))]
            if later:
                choices.append(
                    (LATER, ngettext_lazy("and the %d later one", "and the %d later ones", len(later)) % len(later))
                )
            if len(every) > len(later):
                words = ngettext_lazy("all that are to come, %d more", "all that are to come, %d more", len(every))
                choices.append((ALL, words % len(every)))
            self.fields["reach"] = forms.ChoiceField(
                label=_("What does the change concern?"),
                choices=choices,
                initial=ONLY_THIS,
                required=False,
                widget=forms.RadioSelect,
                # What is this event's own stays so.
                help_text=_("Of these: %(fields)s.") % {"fields": ", ".join(self.shared_labels()).lower()},
            )

    def shared_labels(self):
        return [str(self.fields[name].label) for name in self.SHARED if name in self.fields]

    def other_occasions(self):
        """The keys of those of the same series that are to come: later than this one, and all."""
        event = self.stored
        if not event.series_id or not event.pk:
            return [], []
        every = Event.objects.upcoming().filter(series=event.series_id).exclude(pk=event.pk).by_start()
        keys = list(every.values_list("pk", "starts_at"))
        return [key for key, start in keys if start > event.starts_at], [key for key, _start in keys]

    @property
    def shared_changes(self):
        return [name for name in self.SHARED if name in self.changed_data]

    def clean(self):
        cleaned = super().clean()
        self.others = []
        reach = cleaned.get("reach")
        if reach in (LATER, ALL) and self.shared_changes and not self.errors:
            later, every = self.other_occasions()
            # The view has locked them with this one.
            for event in Event.objects.filter(pk__in=later if reach == LATER else every).by_start():
                before = calendar_facts(event)
                self.change_other(event)
                self.check_other(event)
                self.others.append((event, calendar_facts(event) != before))
        return cleaned

    def change_other(self, event):
        """The shared changes for another occasion; it is saved with this one."""
        for name in self.shared_changes:
            if name != "counties":
                setattr(event, name, self.cleaned_data[name])

    def check_other(self, event):
        """What the change would make of another occasion has to be possible, else nothing changes at all."""
        try:
            event.validate_constraints()
            if event.mode == Event.Mode.ON_SITE and not event.place:
                raise forms.ValidationError(_("Write where the event is held."))
        except forms.ValidationError as error:
            self.add_error(None, f"{event.title} ({written_day(event.day)}): {' '.join(map(str, error.messages))}")

    def save_others(self):
        """Change the other occasions. Returns those that changed, each with whether its calendar entry did."""
        for event, _in_calendars in self.others:
            event.save()
            if "counties" in self.shared_changes:
                event.counties.set(self.cleaned_data["counties"])
        return self.others

    @property
    def changes_calendars(self):
        return calendar_facts(self.instance) != calendar_facts(self.stored)


def calendar_facts(event):
    """What stands in people's calendars: when it changes, they are told."""
    return event.title, event.starts_at, event.ends_at, event.mode, event.place, event.remote_link


class BasicsForm(SectionForm):
    heading = _("Basic facts")
    SHARED = ("counties", "audience", "language", "accessibility", "price", "price_note")
    audience = forms.MultipleChoiceField(
        label=_("For whom"), choices=Audience.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    counties = CountiesField(
        County.objects.none(), label=_("Counties"), required=False, help_text=_("Leave empty for the whole area.")
    )
    price = PriceField(label=_("Price, euros"), required=False, help_text=_("Empty: free of charge."))

    class Meta:
        model = Event
        fields = (
            "title", "summary", "series", "counties", "audience", "language", "price", "price_note", "accessibility"
        )  # fmt: skip
        widgets = {"summary": forms.Textarea(attrs={"rows": 2}), "language": forms.RadioSelect}
        help_texts = {
            "summary": _("Shown in lists and calendars, at most 200 characters."),
            "accessibility": _("For example: live captions, induction loop, step-free entrance."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["series"].queryset = Series.objects.in_finnish_order()
        self.fields["series"].empty_label = _("No series")

    def clean_title(self):
        return " ".join(self.cleaned_data["title"].split())


class TopicForm(SectionForm):
    heading = _("What it is about")

    class Meta:
        model = Event
        fields = ("description",)


class TimeForm(SectionForm):
    heading = _("Time and place")
    SHARED = ("date", "starts", "ends", "mode", "place", "remote_link")
    date = FinnishDateField(label=_("Date"), help_text=_("For example 1.12.2026"))
    starts = FinnishTimeField(label=_("Starts"))
    ends = FinnishTimeField(label=_("Ends"))
    stored_in = {"date": "starts_at", "starts": "starts_at", "ends": "ends_at"}

    class Meta:
        model = Event
        fields = ("mode", "place", "remote_link")
        widgets = {"mode": forms.RadioSelect}
        help_texts = {
            "place": _("Town and room, or the name of the online service."),
            "remote_link": _("Goes only to those who registered: it is on no public page and in no feed or calendar."),
        }

    field_order = ("date", "starts", "ends", "mode", "place", "remote_link")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.starts_at:
            starts, ends = timezone.localtime(self.instance.starts_at), timezone.localtime(self.instance.ends_at)
            self.initial |= {"date": starts.date(), "starts": starts.time(), "ends": ends.time()}

    def clean(self):
        cleaned = super().clean()
        set_times(self, self.instance)
        if cleaned.get("mode") == Event.Mode.ON_SITE and not cleaned.get("place"):
            self.add_error("place", _("Write where the event is held."))
        return cleaned

    def save(self, commit=True):
        self.instance.set_people_kept()
        move_closing(self.instance, self.cleaned_data["date"] - self.stored.day)
        return super().save(commit)

    def change_other(self, event):
        """Another time of day stays on each one's own day; another day moves each by as many days."""
        for name in ("mode", "place", "remote_link"):
            if name in self.changed_data:
                setattr(event, name, self.cleaned_data[name])
        data = self.cleaned_data
        starts, ends = timezone.localtime(event.starts_at), timezone.localtime(event.ends_at)
        moved = data["date"] - timezone.localdate(self.stored.starts_at)
        first = data["starts"] if "starts" in self.changed_data else starts.time()
        last = data["ends"] if "ends" in self.changed_data else ends.time()
        event.starts_at = moment(starts.date() + moved, first)
        event.ends_at = moment(ends.date() + moved, last)
        event.set_people_kept()
        move_closing(event, moved)


def move_closing(event, moved):
    """Registration closes as long before the event as it did before the event was moved."""
    if event.registration_closes_at:
        closes = timezone.localtime(event.registration_closes_at)
        event.registration_closes_at = min(moment(closes.date() + moved, closes.time()), event.ends_at)


def set_times(form, event):
    """The moments of the form's day and times of day; the sentence stands at the field that is wrong."""
    day, first, last = (form.cleaned_data.get(name) for name in ("date", "starts", "ends"))
    if not (day and first and last):
        return
    starts_at, ends_at = moment(day, first), moment(day, last)
    if ends_at <= starts_at:  # on the day on which clocks are turned, not the same as their times of day
        form.add_error("ends", _("The event cannot end before it starts."))
        return
    event.starts_at, event.ends_at = starts_at, ends_at


class RegistrationSectionForm(SectionForm):
    heading = _("Registration")
    SHARED = ("takes_registrations", "capacity", "asks_feedback")
    closes_on = FinnishDateField(
        label=_("Registration closes on"), required=False, help_text=_("Empty: when the event starts.")
    )
    closes_time = FinnishTimeField(label=_("At"), required=False, help_text=_("Empty: at the end of the day."))
    stored_in = {"closes_on": "registration_closes_at", "closes_time": "registration_closes_at"}

    class Meta:
        model = Event
        fields = ("takes_registrations", "registration_address", "capacity", "asks_feedback")
        help_texts = {
            "registration_address": _("Only if one registers on another site."),
            "capacity": _(
                "Empty: as many as come. When all seats are taken, people queue and the queue moves by itself."
            ),
        }

    field_order = (
        "takes_registrations", "capacity", "closes_on", "closes_time", "registration_address", "asks_feedback"
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["capacity"].widget.attrs["class"] = "short"
        if self.instance.registration_closes_at:
            closes = timezone.localtime(self.instance.registration_closes_at)
            self.initial |= {"closes_on": closes.date(), "closes_time": closes.time()}

    def clean_capacity(self):
        capacity = self.cleaned_data["capacity"]
        taken = self.instance.seats_taken
        if capacity is not None and capacity < taken:
            raise forms.ValidationError(
                _("%(taken)s people have a seat already. Write at least %(taken)s, or cancel some of them first.")
                % {"taken": taken}
            )
        return capacity

    def clean(self):
        cleaned = super().clean()
        day, clock = cleaned.get("closes_on"), cleaned.get("closes_time")
        closes = None
        if day:
            closes = moment(day, clock) if clock else moment(day, datetime.max.time().replace(microsecond=0))
            if closes > self.instance.ends_at:
                self.add_error("closes_on", _("Registration cannot close after the event is over."))
        elif clock:
            self.add_error("closes_on", _("Write the day on which registration closes."))
        if cleaned.get("takes_registrations") and cleaned.get("registration_address"):
            self.add_error("registration_address", _("One registers either here or elsewhere, not both."))
        self.instance.registration_closes_at = closes
        return cleaned

    def change_other(self, event):
        super().change_other(event)
        if "capacity" in self.shared_changes and event.capacity is not None:
            event.capacity = max(event.capacity, event.seats_taken)


class HostsForm(SectionForm):
    heading = _("Who holds it")
    SHARED = ("coordinator", "partners")
    coordinator = PersonChoiceField(Person.objects.none(), label=_("Answers for it"), required=False)
    hosts = HostsField(label=_("Networks and projects that hold it"), required=False)

    class Meta:
        model = Event
        fields = ("coordinator", "partners")

    field_order = ("coordinator", "hosts", "partners")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["coordinator"].queryset = coordinators(self.instance.coordinator_id)
        if self.instance.pk:
            self.initial["hosts"] = (list(self.instance.networks.all()), list(self.instance.projects.all()))

    def save(self, commit=True):
        event = super().save(commit)
        networks, projects = self.cleaned_data["hosts"]
        event.networks.set(networks)
        event.projects.set(projects)
        return event


class RecordingForm(SectionForm):
    heading = _("Recording")
    recording_added_on = FinnishDateField(label=_("Shown since"), required=False)
    recording_until = FinnishDateField(
        label=_("Visible until"), required=False, help_text=_("The last day. Empty: for good.")
    )
    captions_done_on = FinnishDateField(label=_("Captions done"), required=False)

    class Meta:
        model = Event
        fields = ("recording_link", "recording_added_on", "recording_until", "recording_reason", "captions_done_on")
        help_texts = {
            "recording_link": _(
                "The address at the video service. Nothing is fetched from there before a visitor asks."
            ),
            "recording_reason": _("For example: the speaker has agreed to it until midsummer."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.instance.recording_link and self.instance.starts_at:
            self.initial["recording_until"] = recording_end(self.instance.day)
            self.initial["recording_added_on"] = timezone.localdate()
        silent = [s.name for s in self.instance.speakers.all() if s.permission != "yes"] if self.instance.pk else []
        if silent:
            self.fields["recording_link"].help_text = _("Not known to have agreed to the recording: %(names)s.") % {
                "names": ", ".join(silent)
            }

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("recording_link"):
            cleaned["recording_added_on"] = cleaned.get("recording_added_on") or timezone.localdate()
            until = cleaned.get("recording_until")
            if until and until < cleaned["recording_added_on"]:
                self.add_error("recording_until", _("The recording cannot end before it is shown."))
            refuser = self.instance.speakers.filter(permission="no").first() if self.instance.pk else None
            if refuser:
                self.add_error("recording_link", _("%(name)s has said no to the recording.") % {"name": refuser.name})
        else:
            # Without a recording the other facts would say nothing.
            for name in ("recording_added_on", "recording_until", "captions_done_on"):
                cleaned[name] = None
            cleaned["recording_reason"] = ""
        return cleaned


class AfterForm(SectionForm):
    heading = _("What remains")
    head_count = forms.IntegerField(
        label=_("Participants in all"),
        required=False,
        min_value=0,
        max_value=100_000,
        widget=forms.NumberInput(attrs={"class": "short"}),
        help_text=_("Empty: counted from those marked as present."),
    )

    class Meta:
        model = Event
        fields = ("head_count", "after")

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("head_count") is not None and self.instance.starts_at > timezone.now():
            self.add_error("head_count", _("The event has not begun yet."))
        return cleaned


# The sections of the page that are edited in place, by the word in the address.
SECTIONS = {
    "perustiedot": BasicsForm,
    "aihe": TopicForm,
    "aika": TimeForm,
    "ilmoittautuminen": RegistrationSectionForm,
    "jarjestajat": HostsForm,
    "tallenne": RecordingForm,
    "jalkeen": AfterForm,
}


class NewEventForm(forms.Form):
    """A new event: what, when and where; the rest follows on its page."""

    title = forms.CharField(label=_("Topic"), max_length=180)
    series = forms.ModelChoiceField(
        Series.objects.none(), label=_("Series"), required=False, empty_label=_("No series")
    )
    date = FinnishDateField(label=_("Date"), help_text=_("For example 1.12.2026"))
    starts = FinnishTimeField(label=_("Starts"))
    ends = FinnishTimeField(label=_("Ends"))
    mode = forms.ChoiceField(
        label=_("Where"), choices=Event.Mode.choices, widget=forms.RadioSelect, initial=Event.Mode.REMOTE
    )
    place = forms.CharField(
        label=_("Place"),
        max_length=150,
        required=False,
        help_text=_("Town and room, or the name of the online service."),
    )
    counties = CountiesField(
        County.objects.none(), label=_("Counties"), required=False, help_text=_("Leave empty for the whole area.")
    )

    def __init__(self, *args, series=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["series"].queryset = Series.objects.in_finnish_order()
        self.fields["counties"].offer(())
        if series:
            self.initial |= {
                "series": series.pk, "starts": series.starts, "ends": series.ends, "mode": series.mode,
                "place": series.place, "counties": list(series.counties.all()),
            }  # fmt: skip

    def clean(self):
        cleaned = super().clean()
        self.times = Event()
        set_times(self, self.times)
        if cleaned.get("mode") == Event.Mode.ON_SITE and not cleaned.get("place"):
            self.add_error("place", _("Write where the event is held."))
        return cleaned

    def save(self):
        data = self.cleaned_data
        series = data["series"]
        return Event.plan(
            title=" ".join(data["title"].split()),
            series=series,
            starts_at=self.times.starts_at,
            ends_at=self.times.ends_at,
            mode=data["mode"],
            place=data["place"],
            counties=data["counties"],
            audience=series.audience if series else (),
            takes_registrations=series.takes_registrations if series else True,
        )


class CancelForm(forms.Form):
    """Why an event is cancelled; everybody reads it."""

    reason = forms.CharField(
        label=_("Why"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Shown on the page and in the letters. For example: the speaker is ill, a new day follows."),
    )
