"""Editing in place: one section of a page at a time, and nobody's change is lost to somebody else's."""

import copy
import hashlib
import json

from django import forms
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.forms.models import model_to_dict
from django.utils.translation import gettext_lazy as _

BLANK = "---------"  # what Django calls no choice; a person is told in words


class EditInPlaceForm(forms.ModelForm):
    """A form for some fields of a record that notices when somebody else saved them meanwhile.

    The first attempt then says so and shows what is stored now; what the person typed stays in the fields, and
    saving once more replaces the other's words knowingly. The view locks the row before it makes the form.
    `stored_in` names the columns of fields that are not the model's own, as a date and a time of one moment.
    """

    stored_in = {}

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, forms.ModelChoiceField) and field.empty_label == BLANK:
                field.empty_label = _("Choose") if field.required else _("Not chosen")
        self.stored = copy.copy(self.instance)
        self.now = self.digest() if self.instance.pk else ""
        self.initial["seen"] = self.now
        self.conflicts = []

    def clean(self):
        cleaned = super().clean()
        seen = self.data.get(self.add_prefix("seen"), "")
        if self.instance.pk and seen and seen != self.now:
            self.conflicts = [
                (self.fields[name].label, self.shown(name))
                for name in (*self._meta.fields, *self.stored_in)
                if name in self.changed_data
            ]
            self.add_error(
                None,
                forms.ValidationError(
                    _(
                        "Somebody else saved this while you were writing. Your text is kept below. "
                        "Look at what is stored now; saving again replaces it with yours."
                    ),
                    code="conflict",
                ),
            )
            # What was seen is now what is stored: the next attempt is a decision.
            self.data = self.data.copy()
            self.data[self.add_prefix("seen")] = self.now
        return cleaned

    def digest(self):
        """A short sum of what is stored in the fields, by which a form knows whether they changed under it."""
        many = [field.name for field in self.instance._meta.many_to_many]
        columns = {name for name in (*self._meta.fields, *self.stored_in.values()) if name not in many}
        held = model_to_dict(self.instance, fields=columns)
        for name in set(many) & set(self._meta.fields):
            held[name] = sorted(str(item.pk) for item in self.initial.get(name, ()))
        text = json.dumps(held, sort_keys=True, cls=DjangoJSONEncoder, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:24]

    def shown(self, name):
        """What is stored in a field, as text."""
        display = getattr(self.stored, f"get_{name}_display", None)
        if display:
            return str(display())
        if isinstance(self.fields[name], forms.ModelMultipleChoiceField):
            return ", ".join(map(str, self.initial.get(name, ())))
        if isinstance(self.fields[name], forms.MultipleChoiceField):
            words = dict(self.fields[name].choices)
            return ", ".join(str(words.get(value, value)) for value in getattr(self.stored, name))
        value = self.initial.get(name) if name in self.stored_in else getattr(self.stored, name)
        if isinstance(self.fields[name], forms.ChoiceField) and not isinstance(value, models.Model):
            words = {str(code): word for code, word in self.fields[name].choices}
            return str(words.get(str(value), value or ""))
        if isinstance(value, bool):
            return str(_("yes") if value else _("no"))
        if not isinstance(value, models.Model):
            value = self.fields[name].prepare_value(value)
        return "" if value is None else str(value)

    def _post_clean(self):
        super()._post_clean()
        # Django leaves out constraints over fields that are not on the form; whose phase or seat it is stands there.
        if not self.errors:
            try:
                self.instance.validate_constraints()
            except forms.ValidationError as error:
                self.add_error(None, forms.ValidationError(error.messages))
