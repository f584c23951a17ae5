"""What happened to a record, read from what the database's triggers wrote down."""

import html
from dataclasses import dataclass, field
from datetime import datetime

import pghistory.models
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from accounts.models import User
from publishing.templatetags.portal import clock, weekday_date

# Columns that tell nothing to a reader.
SILENT = {
    "id",
    "changed_at",
    "created_at",
    "slug",
    "uid",
    "sequence",
    "search",
    "name_key",
    "network_id",
    "project_id",
    "position",
    "invited_by_id",
    "cancelled_by_id",
}
# Columns that going back leaves alone: addresses and what others have been told or counted by.
KEPT = {"slug", "published_at", "created_at", "changed_at", "uid", "sequence"}


@dataclass
class FieldChange:
    """One field before and after, in words."""

    label: str
    before: str
    after: str


@dataclass
class Change:
    """One change: when, by whom, of what, and what became different."""

    pk: int
    at: datetime
    kind: str  # insert, update or delete
    model: type
    object_id: str
    event_model: str
    event_id: str
    who: str = ""
    what: str = ""
    fields: list[FieldChange] = field(default_factory=list)
    is_latest: bool = False

    @property
    def heading(self):
        """What happened, as the beginning of a sentence."""
        noun = str(self.model._meta.verbose_name)
        words = {
            "insert": _("Added: %(noun)s"),
            "update": _("Changed: %(noun)s"),
            "delete": _("Removed: %(noun)s"),
        }
        return words[self.kind] % {"noun": noun}

    @property
    def can_be_restored(self):
        """A change that has something to go back to: later ones were made since."""
        can_be_edited = hasattr(self.model.objects, "editable_by")
        return can_be_edited and self.kind in {"insert", "update"} and not self.is_latest and bool(self.object_id)


def changes_of(record, *, limit=200):
    """The changes of a record and of what belongs to it, newest first."""
    events = list(
        pghistory.models.Events.objects.references(record).order_by("-pgh_created_at", "-pgh_id", "pgh_model")[:limit]
    )
    names = Names(events)
    newest, changes = set(), []
    for event in events:
        model = apps.get_model(event.pgh_obj_model)
        key = (event.pgh_obj_model, event.pgh_obj_id)
        change = Change(
            pk=event.pgh_id,
            at=event.pgh_created_at,
            kind=event.pgh_label,
            model=model,
            object_id=event.pgh_obj_id or "",
            event_model=event.pgh_model,
            event_id=str(event.pgh_id),
            who=names.of(User, user_of(event)),
            is_latest=key not in newest,
        )
        newest.add(key)
        change.fields = list(field_changes(model, event, names))
        change.what = title_of(model, event, names)
        if change.fields or change.kind != "update":
            changes.append(change)
    return changes


def user_of(event):
    """The key of the user in whose request the change was made; None for the portal's own."""
    return (event.pgh_context or {}).get("user")


class Names:
    """What all the keys in some events stand for, in one query a model however many events there are."""

    def __init__(self, events):
        wanted = {User: {user_of(event) for event in events}}
        for event in events:
            for column in apps.get_model(event.pgh_obj_model)._meta.concrete_fields:
                if isinstance(column, models.ForeignKey):
                    keys = wanted.setdefault(column.related_model, set())
                    keys.add((event.pgh_data or {}).get(column.attname))
                    keys.update((event.pgh_diff or {}).get(column.attname, ()))
        self.found = {
            model: {str(row.pk): str(row) for row in model._default_manager.filter(pk__in=keys - {None})}
            for model, keys in wanted.items()
            if keys - {None}
        }

    def of(self, model, key):
        """The name; nothing for somebody or something that is gone."""
        return self.found.get(model, {}).get(str(key), "")


def last_change(record):
    """When and by whom the record itself was last changed: (moment, name), or None when no history is kept of it."""
    event_model = type(record).pgh_event_models.get("update") if hasattr(type(record), "pgh_event_models") else None
    if event_model is None:
        return None
    latest = (
        event_model.objects.filter(pgh_obj=record.pk)
        .order_by("-pgh_id")
        .values_list("pgh_created_at", "pgh_context__metadata")
        .first()
    )
    if latest is None:
        return None
    key = (latest[1] or {}).get("user")
    user = User.objects.filter(pk=key).first() if key else None
    return latest[0], user.name if user else ""


def title_of(model, event, names):
    """What changed, by its name as it was then; a seat by who sits in it, a fact without words by its kind."""
    data = event.pgh_data or {}
    name = " ".join(filter(None, (data.get("given_name"), data.get("family_name"))))
    title = name or data.get("name") or data.get("title") or data.get("text")
    if title:
        return str(title)
    columns = [column for column in model._meta.concrete_fields if column.attname not in SILENT]
    for column in columns:
        if isinstance(column, models.ForeignKey) and data.get(column.attname):
            return in_words(column, data[column.attname], names)
    for column in columns:
        if column.flatchoices and column.name != "precision" and data.get(column.attname):
            return in_words(column, data[column.attname], names)
    return ""


def field_changes(model, event, names):
    """The fields that an event changed, in the record's own labels; a creation tells what was filled in."""
    if event.pgh_label == "update":
        pairs = {name: tuple(values) for name, values in (event.pgh_diff or {}).items()}
    elif event.pgh_label == "insert":
        pairs = {name: (None, value) for name, value in (event.pgh_data or {}).items() if value not in (None, "", [])}
    else:
        pairs = {}
    for column in model._meta.concrete_fields:
        if column.attname in pairs and column.attname not in SILENT:
            before, after = (in_words(column, value, names) for value in pairs[column.attname])
            yield FieldChange(str(column.verbose_name).capitalize(), before, after)


def in_words(column, value, names):
    """A stored value as a person would read it."""
    if value in (None, "", []):
        return "–"
    if isinstance(column, models.ForeignKey):
        return names.of(column.related_model, value) or _("removed")
    if isinstance(column, models.BooleanField):
        return _("yes") if value in (True, "true", "t") else _("no")
    base = getattr(column, "base_field", None)
    if base is not None and isinstance(value, list):
        labels = dict(base.flatchoices)
        return ", ".join(str(labels.get(item, item)) for item in value)
    if isinstance(column, models.DateTimeField | models.DateField):
        try:
            moment = column.to_python(value)
        except ValidationError:
            return str(value)
        return date_in_words(moment)
    return html.unescape(strip_tags(str(dict(column.flatchoices).get(value, value))))


def date_in_words(moment):
    if isinstance(moment, datetime):
        return f"{weekday_date(moment)} {clock(moment)}"
    return weekday_date(moment)


@transaction.atomic
def restore(change, *, by):
    """Give the record the values it had after a change; one that was removed comes back. The history keeps the rest.

    What the model names in `NOT_RESTORED` stays as it is. Returns the record. Raises ValidationError when nothing
    would be different or the old values can no longer stand, for example because another record has taken the name;
    PermissionDenied when the user may not edit the record.
    """
    event = apps.get_model(change.event_model)._base_manager.get(pk=change.event_id)
    records = change.model._base_manager.select_for_update(of=("self",))
    record = records.filter(pk=change.object_id).first()
    is_gone = record is None
    record = change.model(pk=change.object_id) if is_gone else record
    kept = set() if is_gone else KEPT | getattr(change.model, "NOT_RESTORED", frozenset())
    names = []
    for column in record._meta.concrete_fields:
        if column.name in kept or column.generated or column.primary_key or not hasattr(event, column.attname):
            continue
        if is_gone or getattr(record, column.attname) != getattr(event, column.attname):
            setattr(record, column.attname, getattr(event, column.attname))
            names.append(column.name)
    if not names:
        raise ValidationError(_("What can be brought back is like that already."))
    record.full_clean()
    record.save(force_insert=True) if is_gone else record.save(
        update_fields=[*names, *(["changed_at"] if hasattr(record, "changed_at") else [])]
    )
    if not change.model.objects.editable_by(by).filter(pk=record.pk).exists():
        raise PermissionDenied
    return record
