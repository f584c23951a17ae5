"""What the parts of a project have in common: who sees them, who changes them, where on the page they stand."""

from django.db import models
from django.db.models import Max


class PartQuerySet(models.QuerySet):
    @property
    def projects(self):
        """The records to which the parts belong, by way of the key: they know their parts, not the other way round."""
        return self.model._meta.get_field("project").related_model.objects

    def visible_to(self, user):
        return self.filter(project__in=self.projects.visible_to(user))

    def editable_by(self, user):
        return self.filter(project__in=self.projects.editable_by(user))


class Part(models.Model):
    """Something that belongs to one project and stands in a section of its page."""

    ANCHOR = ""  # of the section

    class Meta:
        abstract = True

    def get_absolute_url(self):
        return f"{self.project.get_absolute_url()}#{self.ANCHOR}"


class OrderedPart(Part):
    """One of several that stand in an order which people choose."""

    position = models.PositiveSmallIntegerField(default=0, editable=False)

    class Meta:
        abstract = True

    def siblings(self):
        """Those among which it has its place, itself included."""
        return type(self).objects.filter(project=self.project_id)

    def put_last(self):
        """A new one comes after the others."""
        self.position = (self.siblings().aggregate(last=Max("position"))["last"] or 0) + 1

    def move(self, steps):
        """Up (negative) or down among its siblings; at the end of the row it stays where it is."""
        row = list(self.siblings().select_for_update().order_by("position", "pk"))
        here = next(index for index, one in enumerate(row) if one.pk == self.pk)
        there = min(max(here + steps, 0), len(row) - 1)
        row.insert(there, row.pop(here))
        for number, one in enumerate(row, start=1):
            if one.position != number:
                one.position = number
                one.save(update_fields=["position"])
