"""What every public record shares: a draft that is published, an address that lasts, files."""

import secrets
from pathlib import PurePath

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class PublishableQuerySet(models.QuerySet):
    def published(self):
        return self.filter(published_at__isnull=False)

    def visible_to(self, user):
        """What the user may read: staff also the drafts."""
        return self.all() if user.is_staff else self.published()

    def editable_by(self, user):
        """What the user may change: staff everything, others nothing."""
        return self.all() if user.is_staff else self.none()

    def inside_visible_to(self, user):
        """Those of whose inside (members, private files) the user may read; rooms widen it to their members."""
        return self.editable_by(user)


class Publishable(models.Model):
    """A record with a page of its own: drafted, published, sometimes renamed, never lost."""

    # Words that stand where a slug would, in the room's own addresses.
    RESERVED_SLUGS = frozenset()

    slug = models.SlugField(_("address"), max_length=120, unique=True)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        abstract = True

    @property
    def is_published(self):
        return self.published_at is not None

    def publish(self, *, at=None):
        """The page is public from now on; the first moment of publishing stands."""
        type(self).objects.filter(pk=self.pk, published_at=None).update(
            published_at=at or timezone.now(), changed_at=timezone.now()
        )
        self.refresh_from_db(fields=["published_at", "changed_at"])

    def unpublish(self):
        """The page is a draft again: staff see it, the public gets "not found"."""
        type(self).objects.filter(pk=self.pk).update(published_at=None, changed_at=timezone.now())
        self.refresh_from_db(fields=["published_at", "changed_at"])

    @transaction.atomic
    def move_to(self, slug):
        """Give the page another address; the old one leads to it from now on."""
        if slug == self.slug:
            return
        OldAddress.objects.for_model(type(self)).filter(slug=slug, object_id=self.pk).delete()
        OldAddress.objects.update_or_create(
            content_type=ContentType.objects.get_for_model(type(self)), slug=self.slug, defaults={"object_id": self.pk}
        )
        self.slug = slug
        self.save(update_fields=["slug", "changed_at"])


class OldAddressQuerySet(models.QuerySet):
    def for_model(self, model):
        return self.filter(content_type=ContentType.objects.get_for_model(model))


class OldAddress(models.Model):
    """An address that a record had once and that still leads to it."""

    content_type = models.ForeignKey(ContentType, models.CASCADE)
    object_id = models.PositiveBigIntegerField()
    slug = models.SlugField(max_length=120)

    objects = OldAddressQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["content_type", "slug"], name="old_address_leads_to_one_record")]

    def __str__(self):
        return self.slug


def free_slug(model, name, *, keep=None):
    """An address made of the name that no record of the model has or had; `keep` is the one that may keep its own."""
    whole = slugify(name.replace("ä", "a").replace("ö", "o").replace("å", "a")).strip("-") or "nimeton"
    # A long name is cut between its words.
    base = whole if len(whole) <= 100 else whole[:101].rpartition("-")[0] or whole[:100]
    taken = set(model.objects.filter(slug__startswith=base).exclude(pk=keep).values_list("slug", flat=True))
    taken |= set(
        OldAddress.objects.for_model(model)
        .filter(slug__startswith=base)
        .exclude(object_id=keep or 0)
        .values_list("slug", flat=True)
    )
    taken |= model.RESERVED_SLUGS
    number, slug = 1, base
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug


def attachment_path(attachment, filename):
    """A name nobody can guess, apart from the name that the reader sees."""
    return f"liitteet/{secrets.token_urlsafe(24)}{PurePath(filename).suffix.lower()}"


class AttachmentQuerySet(models.QuerySet):
    def of(self, record):
        return self.filter(content_type=ContentType.objects.get_for_model(type(record)), object_id=record.pk)

    def readable_by(self, user, record):
        """The record's files that the user may open."""
        found = self.of(record)
        inside = type(record).objects.inside_visible_to(user).filter(pk=record.pk).exists()
        return found if inside else found.filter(is_public=True)


class Attachment(models.Model):
    """A file that belongs to a record: public with it, or for those inside only."""

    content_type = models.ForeignKey(ContentType, models.CASCADE)
    object_id = models.PositiveBigIntegerField()
    record = GenericForeignKey()
    purpose = models.CharField(_("purpose"), max_length=20, blank=True)
    file = models.FileField(_("file"), upload_to=attachment_path)
    name = models.CharField(_("name"), max_length=150)
    title = models.CharField(
        _("in words"), max_length=150, blank=True, help_text=_("What the file is, or what the picture shows.")
    )
    mime_type = models.CharField(_("type"), max_length=100)
    size = models.PositiveIntegerField(_("size"))
    is_public = models.BooleanField(_("public"), default=False)
    added_at = models.DateTimeField(_("added"), default=timezone.now)
    added_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("attachment")
        indexes = [models.Index(fields=["content_type", "object_id"], name="attachment_of_record")]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("publishing:attachment", kwargs={"pk": self.pk, "name": self.name})

    def show_to_all(self, is_public):
        """Everybody who sees the record may open the file, or only those inside."""
        self.is_public = is_public
        self.save(update_fields=["is_public"])

    def remove(self):
        """The row goes, and the file once the row is surely gone."""
        stored, storage = self.file.name, self.file.storage
        self.delete()
        transaction.on_commit(lambda: storage.delete(stored), robust=True)
