"""Writing down a contact while it is on the telephone."""

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directory.models import County, Municipality
from ombudsman.forms.base import CarefulForm, not_to_come
from ombudsman.models import SEVERAL, Case, Code, Contact, Draft, Variable
from publishing.finnish_dates import FinnishDateField, written_day

MOST_MINUTES = 600
DEFAULTS = {"who": "client", "way": "phone", "language": "fi", "provider": "public", "measures": ["advice"]}
# The fields of the form by the variable of counting.
FIELDS = {
    Variable.WHO: "who", Variable.WAY: "way", Variable.LANGUAGE: "language", Variable.NATURE: "nature",
    Variable.TASK: "task", Variable.PROVIDER: "provider", Variable.REASON: "reasons", Variable.MEASURE: "measures",
}  # fmt: skip


class MunicipalityField(forms.CharField):
    """A municipality by its name, as it is said; the beginning is enough where only one begins so.

    The cleaned value is the Municipality, or the County where the county's name was given, or None.
    """

    widget = forms.TextInput(attrs={"list": "municipalities", "autocomplete": "off", "class": "medium"})

    def prepare_value(self, value):
        return getattr(value, "short_name", "") or getattr(value, "name_fi", "") or value

    def clean(self, value):
        typed = " ".join(super().clean(value).split()).casefold()
        if not typed:
            return None
        places = list(Municipality.objects.select_related("sub_region__county").order_by("name_key"))
        counties = list(County.objects.ours())
        named = [p for p in (*places, *counties) if typed in names_of(p)]
        begun = [p for p in places if any(name.startswith(typed) for name in names_of(p))]
        if named or len(begun) == 1:
            return (named or begun)[0]
        ours = [place for place in begun if place.sub_region.county.is_ours]
        if len(ours) == 1:
            return ours[0]
        if begun:
            meant = ", ".join(place.name_fi for place in (ours or begun)[:6])
            raise ValidationError(_("Several municipalities begin like that: %(names)s.") % {"names": meant})
        raise ValidationError(_("There is no such municipality. Leave this empty if it is not known."))


def names_of(place):
    names = (place.name_fi, place.name_sv, getattr(place, "short_name", ""))
    return {name.casefold() for name in names if name}


class ContactForm(CarefulForm):
    """One contact. Most of it is filled in; the order of the fields is the order of asking."""

    error_title = gettext_lazy("The contact was not saved yet")

    occurred_on = FinnishDateField(label=gettext_lazy("Day"), validators=[not_to_come])
    municipality = MunicipalityField(label=gettext_lazy("Municipality"), required=False, max_length=60)
    way = forms.ChoiceField(label=gettext_lazy("Way of contact"), widget=forms.RadioSelect)
    who = forms.ChoiceField(label=gettext_lazy("Who contacted"), widget=forms.RadioSelect)
    language = forms.ChoiceField(label=gettext_lazy("Language"), widget=forms.RadioSelect)
    has_interpreter = forms.BooleanField(label=gettext_lazy("With an interpreter"), required=False)
    name = forms.CharField(
        label=gettext_lazy("Name"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    phone = forms.CharField(
        label=gettext_lazy("Telephone"), required=False, max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel", "class": "medium"}),
    )  # fmt: skip
    email = forms.EmailField(
        label=gettext_lazy("E-mail"), required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "class": "medium"}),
    )  # fmt: skip
    nature = forms.ChoiceField(
        label=gettext_lazy("Nature"), widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what kind of contact it was.")},
    )  # fmt: skip
    task = forms.ChoiceField(
        label=gettext_lazy("Service task"), error_messages={"required": gettext_lazy("Choose the service task.")}
    )
    service = forms.CharField(
        label=gettext_lazy("Service"), required=False, max_length=120, help_text=gettext_lazy("For example home care.")
    )
    provider = forms.ChoiceField(label=gettext_lazy("Provider"), widget=forms.RadioSelect)
    reasons = forms.MultipleChoiceField(
        label=gettext_lazy("Reasons"), required=False, widget=forms.CheckboxSelectMultiple
    )
    measures = forms.MultipleChoiceField(
        label=gettext_lazy("Measures"), required=False, widget=forms.CheckboxSelectMultiple
    )
    minutes = forms.IntegerField(
        label=gettext_lazy("Duration, minutes"), required=False, min_value=1, max_value=MOST_MINUTES,
        widget=forms.TextInput(attrs={"class": "time", "inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip
    note = forms.CharField(
        label=gettext_lazy("Note"), required=False, max_length=8000,
        help_text=gettext_lazy("Short, and without personal identity codes."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip

    def __init__(self, *args, contact=None, **kwargs):
        self.contact = contact
        super().__init__(*args, **kwargs)
        self.codes = {}
        held = held_codes(contact)
        for code in Code.objects.in_order():
            if code.is_valid_now or code.code in held.get(code.variable, ()):
                self.codes.setdefault(code.variable, []).append(code)
        self.keys = {}
        for variable, name in FIELDS.items():
            codes = self.codes.get(variable, [])
            if name == "task":
                # A list is chosen from by the first sign of its words, so here the key stands in them.
                words = [(code.code, f"{code.key} {code.label}".strip()) for code in codes]
                self.fields[name].choices = [("", "–"), *words]
            else:
                self.fields[name].choices = [(code.code, code.label) for code in codes]
                self.keys[name] = {code.code: code.key for code in codes}

    @property
    def keyed(self):
        """{field: its choices, each with the key of the keyboard that chooses it}, for the template."""
        return {
            name: [(choice, keys.get(choice.data["value"], "")) for choice in self[name]]
            for name, keys in self.keys.items()
        }

    @property
    def values(self):
        """What the contact is counted by, as Contact.record takes it."""
        data, place = self.cleaned_data, self.cleaned_data["municipality"]
        names = (*FIELDS.values(), "has_interpreter", "minutes", "service")
        return {name: data[name] for name in names} | {
            "municipality": place.pk if isinstance(place, Municipality) else "",
            "county": place.pk if isinstance(place, County) else "",
        }

    @property
    def person(self):
        return {name: self.cleaned_data[name] for name in ("name", "phone", "email")}

    def change(self):
        """Mend the contact that the form shows."""
        data = self.cleaned_data
        self.contact.change(occurred_on=data["occurred_on"], values=self.values, person=self.person, note=data["note"])


class NewContactForm(ContactForm):
    """A contact that is being written down, with what follows from it."""

    JOIN_NONE = "new"

    joins = forms.ChoiceField(
        label=gettext_lazy("The same caller was found"), required=False, widget=forms.RadioSelect,
        error_messages={"invalid_choice": gettext_lazy("Choose whether it is the same matter.")},
    )  # fmt: skip
    number = forms.CharField(
        label=gettext_lazy("Belongs to the matter"), required=False, max_length=12,
        help_text=gettext_lazy("The number, for example 2026-17; empty when it is new."),
        widget=forms.TextInput(attrs={"class": "short", "autocomplete": "off"}),
    )  # fmt: skip
    state = forms.ChoiceField(
        label=gettext_lazy("Does it go on?"), widget=forms.RadioSelect, initial="done",
        choices=[("done", gettext_lazy("Done with this contact")), ("open", gettext_lazy("Goes on as a matter"))],
    )  # fmt: skip
    next_on = FinnishDateField(label=gettext_lazy("Remind on"), required=False)
    next_step = forms.CharField(label=gettext_lazy("Next step"), required=False, max_length=300)
    draft = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, user, message=None, **kwargs):
        self.user, self.message, self.case = user, message, None
        super().__init__(*args, **kwargs)
        self.matches = []
        if self.is_bound:
            typed = {name: self.data.get(name, "") for name in ("name", "phone", "email")}
            self.matches = same_callers(user, typed)
        self.fields["joins"].choices = join_choices(self.matches)

    def clean_number(self):
        number = self.cleaned_data["number"].strip()
        if number:
            self.case = Case.objects.visible_to(self.user).filter(number=number).first()
            if self.case is None:
                raise ValidationError(_("There is no matter with this number."))
        return number

    def clean(self):
        data = super().clean()
        if self.matches and not data.get("number") and not data.get("joins") and "joins" not in self.errors:
            self.add_error("joins", _("This caller has been in contact before. Choose whether it is the same matter."))
        if data.get("state") == "done" and (data.get("next_on") or data.get("next_step")) and not self.joined:
            self.add_error("state", _("A next step needs a matter that goes on."))
        return data

    @property
    def joined(self):
        """Whether the contact joins something that is there already."""
        return bool(self.case) or self.cleaned_data.get("joins") not in (None, "", self.JOIN_NONE)

    @transaction.atomic
    def record(self):
        """Write the contact down, join or open its matter, and set what comes next. Returns the contact."""
        data, user = self.cleaned_data, self.user
        case = self.case or self.case_to_join()
        contact = Contact.record(
            occurred_on=data["occurred_on"], values=self.values, person=self.person, note=data["note"], by=user,
            case=case, message=self.message,
        )  # fmt: skip
        if data["state"] == "open" or (case and (data["next_on"] or data["next_step"])):
            case = Case.objects.open_for(contact, by=user, title=self.title()) if case is None else case
            case = case.move_to(Case.Status.OPEN, by=user) if case.is_closed else case
        if case and (data["next_on"] or data["next_step"]):
            case.next_on, case.next_step = data["next_on"], data["next_step"]
            case.save(update_fields=["next_on", "next_step"])
        if self.message:
            self.message.mark_answered()
        for draft in Draft.objects.visible_to(user).filter(pk=data["draft"]):
            draft.delete()
        contact.case = case
        return contact

    def case_to_join(self):
        """The matter that was chosen among those of the same caller; an earlier contact becomes one by this."""
        key = (self.cleaned_data["joins"] or "").removeprefix("contact:")
        match = next((contact for contact in self.matches if str(contact.pk) == key), None)
        if match is None:
            return None
        if match.case:
            return match.case
        title = str(Code.objects.labels()[Variable.TASK].get(match.values.get("task"), ""))
        return Case.objects.open_for(match, by=self.user, title=title)

    def title(self):
        """What the matter is called until somebody gives it a better name."""
        return next(code.label for code in self.codes[Variable.TASK] if code.code == self.cleaned_data["task"])


def held_codes(contact):
    """{variable: codes} that a contact has, of which some may be valid no more."""
    if contact is None:
        return {}
    return {
        variable: contact.values.get(name) or () if variable in SEVERAL else (contact.values.get(name),)
        for variable, name in FIELDS.items()
    }


def same_callers(user, person, *, most=5):
    """The latest contacts of the same caller, one a matter."""
    found, matters = [], set()
    for contact in Contact.objects.visible_to(user).same_caller(person).newest_first()[:40]:
        if contact.case_id and contact.case_id in matters:
            continue
        matters.add(contact.case_id)
        found.append(contact)
    return found[:most]


def join_choices(matches):
    """What can be chosen when earlier contacts of the caller were found."""
    choices = []
    for contact in matches:
        day = written_day(contact.occurred_on)
        if contact.case:
            words = _("Matter %(number)s, %(state)s: %(title)s (last %(day)s)") % {
                "number": contact.case.number, "state": contact.case.get_status_display(),
                "title": contact.case.title, "day": day,
            }  # fmt: skip
        else:
            words = _("Contact of %(day)s: %(note)s") % {"day": day, "note": (contact.note or "–")[:80]}
        choices.append((f"contact:{contact.pk}", words))
    return [*choices, (NewContactForm.JOIN_NONE, _("Another matter"))] if choices else []
