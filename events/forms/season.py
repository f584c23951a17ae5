"""A season of a series in one table: a row a day, the gaps in between, everything saved at once."""

from datetime import date as Day
from datetime import datetime

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.forms.event import calendar_facts, moment, move_closing
from events.models import Event, Speaker
from publishing.finnish_dates import FinnishDateField, FinnishTimeField, written_day
from publishing.web_address import WebAddressField

MOST_ROWS = 80
NINE, TEN = datetime(2000, 1, 1, 9, 0).time(), datetime(2000, 1, 1, 10, 0).time()


class RowForm(forms.Form):
    """One day. Without a topic it stays a gap; a topic makes an event of it."""

    pk = forms.IntegerField(required=False, widget=forms.HiddenInput)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    date = FinnishDateField(label=gettext_lazy("Date"))
    starts = FinnishTimeField(label=gettext_lazy("Starts"))
    ends = FinnishTimeField(label=gettext_lazy("Ends"))
    title = forms.CharField(label=gettext_lazy("Topic"), max_length=180, required=False)
    speaker = forms.CharField(label=gettext_lazy("Speakers"), max_length=2000, required=False)

    use_required_attribute = False

    def __init__(self, *args, event=None, holiday="", **kwargs):
        super().__init__(*args, **kwargs)
        self.event, self.holiday = event, holiday

    @property
    def is_gap(self):
        return self.event is None and not self.value("title")

    def value(self, name):
        return self[name].value()

    def clean(self):
        cleaned = super().clean()
        day, first, last = (cleaned.get(name) for name in ("date", "starts", "ends"))
        if day and first and last and moment(day, last) <= moment(day, first):
            self.add_error("ends", _("The event cannot end before it starts."))
        if self.event is not None and not cleaned.get("title"):
            self.add_error("title", _("Write the topic. An event is removed or cancelled on its own page."))
        if cleaned.get("speaker") and not cleaned.get("title"):
            self.add_error("title", _("Write the topic for the speaker."))
        return cleaned

    @property
    def day_words(self):
        """The day as it stands in the field, for those who hear the labels of many alike fields."""
        value = self.value("date")
        return written_day(value) if isinstance(value, Day) else value or ""

    @property
    def is_wrong(self):
        """Whether its errors count: an empty gap has none that anybody made."""
        return bool(self.errors) and bool(self.event or self.value("title") or self.value("speaker"))

    @property
    def error_sentences(self):
        return [f"{self.fields[name].label}: {' '.join(errors)}" for name, errors in self.errors.items()]

    @property
    def names(self):
        names = (name.strip()[:150] for name in self.cleaned_data.get("speaker", "").split(";"))
        return list(dict.fromkeys(name for name in names if name))


class SeasonForm(forms.Form):
    """The days of a term of a series, those with an event and the gaps."""

    remote_link = WebAddressField(blank=True, max_length=500).formfield(
        label=gettext_lazy("Remote link for the new ones"),
        help_text=gettext_lazy("Goes only to those who registered. You can add it later."),
    )

    error_title = gettext_lazy("Nothing was saved yet")

    def __init__(self, *args, series, term, names_of_days, template=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.series, self.term = series, term
        first, last = moment(term.first, datetime.min.time()), moment(term.last, datetime.max.time())
        found = Event.objects.filter(series=series, starts_at__gte=first, starts_at__lte=last)
        if self.is_bound:
            # In the order of their keys, as everywhere: two who lock several never wait for each other.
            found = found.select_for_update(of=("self",)).order_by("pk")
        self.events = sorted(found.prefetch_related("speakers"), key=lambda event: (event.starts_at, event.pk))
        self.rows = list(self.bound_rows() if self.is_bound else self.fresh_rows(names_of_days, template or []))

    def fresh_rows(self, names_of_days, template):
        """Events where there are any, else the days of the term; the template's topics fill the gaps in order."""
        weekday = 4 if self.series.weekday is None else self.series.weekday
        taken = {event.day for event in self.events}
        days = sorted({*self.term.days(weekday), *taken})
        topics = iter(template)
        by_day = {}
        for event in self.events:
            by_day.setdefault(event.day, []).append(event)
        number = 0
        for day in days:
            for event in by_day.get(day, [None]):
                initial = self.initial_of(event, day)
                holiday = names_of_days.get(day, "")
                if event is None and not holiday and day >= timezone.localdate():
                    initial["title"] = next(topics, "")
                yield RowForm(prefix=f"rivi-{number}", initial=initial, event=event, holiday=holiday)
                number += 1

    def initial_of(self, event, day):
        if event is None:
            return {"date": day, "starts": self.series.starts or NINE, "ends": self.series.ends or TEN}
        return {
            "pk": event.pk,
            "seen": seen_of(event),
            "date": event.day,
            "starts": timezone.localtime(event.starts_at).time(),
            "ends": timezone.localtime(event.ends_at).time(),
            "title": event.title,
            "speaker": "; ".join(speaker.name for speaker in in_order(event.speakers.all())),
        }

    def bound_rows(self):
        """As many rows as were sent, each with the event that it is about."""
        by_key = {str(event.pk): event for event in self.events}
        for number in range(MOST_ROWS):
            prefix = f"rivi-{number}"
            if f"{prefix}-date" not in self.data:
                return
            event = by_key.get(self.data.get(f"{prefix}-pk", ""))
            initial = self.initial_of(event, None) if event else {}
            yield RowForm(self.data, prefix=prefix, event=event, initial=initial)

    def clean(self):
        cleaned = super().clean()
        # A gap whose day nobody touched is no error.
        bad = [
            row
            for row in self.rows
            if not row.is_valid() and (row.event or row.value("title") or row.value("speaker") or row.value("pk"))
        ]
        for row in bad:
            for sentence in row.error_sentences:
                self.add_error(None, f"{row.value('date')}: {sentence}")
        if f"rivi-{MOST_ROWS}-date" in self.data:
            raise ValidationError(_("At most %(most)s days fit in one season.") % {"most": MOST_ROWS})
        gone = [row.value("title") for row in self.rows if row.value("pk") and row.event is None]
        stale = gone + [
            row.event.title
            for row in self.rows
            if row.event and row.value("seen") and row.value("seen") != seen_of(row.event)
        ]
        if stale:
            raise ValidationError(
                _("Somebody else changed these meanwhile: %(titles)s. Open the page anew; your other rows are below.")
                % {"titles": ", ".join(stale)}
            )
        return cleaned

    def save(self, *, publish=False):
        """Plan the new ones, change the old ones. Returns the new, the changed, and those whose calendars change."""
        planned, changed, moved = [], [], []
        for row in self.rows:
            data = row.cleaned_data if row.is_valid() else {}
            if not data.get("title"):
                continue
            title = " ".join(data["title"].split())
            starts, ends = moment(data["date"], data["starts"]), moment(data["date"], data["ends"])
            if row.event is None:
                if any(event.title == title and event.starts_at == starts for event in (*self.events, *planned)):
                    continue  # the button was pressed twice
                event = self.plan(title, starts, ends)
                planned.append(event)
            else:
                event = row.event
                before = calendar_facts(event)
                event.title, event.starts_at, event.ends_at = title, starts, ends
                if calendar_facts(event) != before:
                    event.set_people_kept()
                    move_closing(event, data["date"] - timezone.localdate(before[1]))
                    event.save()
                    moved.append(event)
                if row.has_changed():
                    changed.append(event)
            if "speaker" in row.changed_data:
                set_speakers(event, row.names)
            if publish and not event.is_published and not event.is_over:
                event.publish()
        return planned, changed, moved

    def plan(self, title, starts, ends):
        series = self.series
        return Event.plan(
            title=title,
            series=series,
            starts_at=starts,
            ends_at=ends,
            mode=series.mode,
            place=series.place,
            remote_link=self.cleaned_data.get("remote_link", "") if series.mode != Event.Mode.ON_SITE else "",
            counties=series.counties.all(),
            audience=series.audience,
            takes_registrations=series.takes_registrations,
        )


def in_order(speakers):
    return sorted(speakers, key=lambda speaker: (speaker.position, speaker.pk))


def seen_of(event):
    """What a row was made of: when it differs, somebody else changed the event or who speaks meanwhile."""
    return "|".join([event.changed_at.isoformat(), *(str(speaker.pk) for speaker in in_order(event.speakers.all()))])


def set_speakers(event, names):
    """Exactly these speak, in this order; what is known of those who stay is kept."""
    known = {speaker.name: speaker for speaker in event.speakers.all()}
    gone = [speaker for speaker in in_order(known.values()) if speaker.name not in names]
    new = [name for name in names if name not in known]
    # A name in the place of another is the same speaker, mended: her words, her link and her permission stay.
    for speaker, name in zip(gone, new, strict=False):
        speaker.name = name
        speaker.save(update_fields=["name"])
        known[name] = speaker
    for speaker in gone[len(new) :]:
        speaker.delete()
    for position, name in enumerate(names, start=1):
        speaker = known.get(name)
        if speaker is None:
            Speaker.objects.create(event=event, name=name, position=position)
        elif speaker.position != position:
            speaker.position = position
            speaker.save(update_fields=["position"])
