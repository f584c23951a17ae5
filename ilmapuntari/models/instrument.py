"""The questionnaire, in versions: what is asked, how it is read, what is talked about."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

LANGUAGES = ("fi", "sv", "en")


def in_language(record, name):
    """The text of a record in the reader's language; in Finnish where it has not been translated."""
    return getattr(record, f"{name}_{(get_language() or 'fi')[:2]}", "") or getattr(record, f"{name}_fi")


def tenths(label, default, **options):
    """A limit on the scale of means, in tenths: 70 is 7.0."""
    return models.PositiveSmallIntegerField(label, default=default, validators=[MaxValueValidator(100)], **options)


class InstrumentQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.all() if user.is_authenticated and user.is_coordinator else self.none()

    def editable_by(self, user):
        """Drafts only: a published version stays as it was answered."""
        return self.visible_to(user).filter(published_at=None)

    def published(self):
        return self.filter(published_at__isnull=False)

    def current(self):
        """The newest published version, which new rounds take; None before there is one."""
        return self.published().order_by("-number").first()

    def with_statements(self):
        return self.prefetch_related(
            models.Prefetch("themes", Theme.objects.order_by("position")),
            models.Prefetch("themes__statements", Statement.objects.order_by("position")),
        )

    @transaction.atomic
    def draft_from(self, source=None, *, by=None):
        """A draft of the next version with everything in the source, the newest one unless told.

        There is one draft at a time: where one stands, it is returned as it is.
        """
        draft = self.filter(published_at=None).select_for_update().first()
        if draft is not None:
            return draft
        source = source or self.order_by("-number").first()
        draft = self.create(
            number=source.number + 1 if source else 1,
            drafted_by=by,
            **{name: getattr(source, name) for name in Instrument.COPIED if source},
        )
        for theme in source.themes.order_by("position") if source else ():
            copy = draft.themes.create(**{name: getattr(theme, name) for name in Theme.COPIED})
            for statement in theme.statements.order_by("position"):
                copy.statements.create(**{name: getattr(statement, name) for name in Statement.COPIED})
        return draft


class Instrument(models.Model):
    """One version of the questionnaire. A round keeps the version it was opened with."""

    COPIED = ("origin_fi", "origin_sv", "origin_en", "good_from", "fair_from", "noise_sd", "noise_r")

    number = models.PositiveSmallIntegerField(_("version"), unique=True)
    origin_fi = models.TextField(_("origin in Finnish"), blank=True)
    origin_sv = models.TextField(_("origin in Swedish"), blank=True)
    origin_en = models.TextField(_("origin in English"), blank=True)
    good_from = tenths(_("green from"), 70, help_text=_("In tenths: 70 is 7.0."))
    fair_from = tenths(_("yellow from"), 50, help_text=_("In tenths: 50 is 5.0. Below it is red."))
    noise_sd = tenths(_("spread of answers"), 20, help_text=_("In tenths, for telling change from chance."))
    noise_r = models.PositiveSmallIntegerField(
        _("correlation of two rounds"), default=50, validators=[MaxValueValidator(99)], help_text=_("In hundredths.")
    )
    drafted_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    published_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, blank=True, related_name="+")

    objects = InstrumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of the questionnaire")
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(
                name="instrument_limits_in_order",
                condition=Q(good_from__gt=F("fair_from")),
                violation_error_message=_("Green has to begin above yellow."),
            ),
            models.UniqueConstraint(
                fields=["published_at"],
                nulls_distinct=False,
                condition=Q(published_at=None),
                name="instrument_one_draft",
            ),
        ]

    def __str__(self):
        return str(_("version %(number)s") % {"number": self.number})

    @property
    def is_draft(self):
        return self.published_at is None

    @property
    def origin(self):
        return in_language(self, "origin")

    @property
    def statements(self):
        """The statements in the order in which they are asked and their answers are stored."""
        return (
            Statement.objects.filter(theme__instrument=self)
            .select_related("theme")
            .order_by("theme__position", "position")
        )

    @property
    def missing(self):
        """What keeps the draft from being published, in sentences."""
        sentences = []
        statements = list(self.statements)
        if not statements:
            sentences.append(_("There are no statements."))
        for statement in statements:
            if not all(getattr(statement, f"text_{code}") for code in LANGUAGES):
                sentences.append(_("Statement %(text)s lacks a language.") % {"text": f"“{statement.text_fi}”"})
            if not (statement.mid_fi and statement.bad_fi):
                sentences.append(_("Statement %(text)s lacks a question.") % {"text": f"“{statement.text_fi}”"})
        return sentences

    @transaction.atomic
    def publish(self, *, by):
        """From now on rounds take this version and nothing in it changes. A second time changes nothing."""
        Instrument.objects.filter(pk=self.pk, published_at=None).update(published_at=timezone.now(), published_by=by)
        self.refresh_from_db(fields=["published_at", "published_by"])


class Theme(models.Model):
    """A group of statements that are read together."""

    COPIED = ("key", "position", "name_fi", "name_sv", "name_en")

    instrument = models.ForeignKey(Instrument, models.CASCADE, related_name="themes")
    key = models.SlugField(_("identity"), max_length=40)
    position = models.PositiveSmallIntegerField(_("position"))
    name_fi = models.CharField(_("name in Finnish"), max_length=60)
    name_sv = models.CharField(_("name in Swedish"), max_length=60, blank=True)
    name_en = models.CharField(_("name in English"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("theme")
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["instrument", "key"], name="theme_once_in_a_version")]

    def __str__(self):
        return self.name

    @property
    def name(self):
        return in_language(self, "name")


class StatementQuerySet(models.QuerySet):
    def editable_by(self, user):
        return self.filter(theme__instrument__in=Instrument.objects.editable_by(user))


class Statement(models.Model):
    """One sentence that is answered from 0 to 10. With the same identity it is comparable from version to version."""

    COPIED = (
        "identity", "position", "is_reversed", "good_from", "fair_from",
        *(f"{name}_{code}" for name in ("text", "mid", "bad") for code in LANGUAGES),
    )  # fmt: skip

    theme = models.ForeignKey(Theme, models.CASCADE, related_name="statements", verbose_name=_("theme"))
    identity = models.SlugField(_("identity"), max_length=60)
    position = models.PositiveSmallIntegerField(_("position"), validators=[MinValueValidator(1)])
    is_reversed = models.BooleanField(_("negative: a high figure is bad"), default=False)
    good_from = tenths(_("green from"), None, null=True, blank=True)
    fair_from = tenths(_("yellow from"), None, null=True, blank=True)
    text_fi = models.CharField(_("statement in Finnish"), max_length=140)
    text_sv = models.CharField(_("statement in Swedish"), max_length=140, blank=True)
    text_en = models.CharField(_("statement in English"), max_length=140, blank=True)
    mid_fi = models.CharField(_("question when yellow, in Finnish"), max_length=250, blank=True)
    mid_sv = models.CharField(_("question when yellow, in Swedish"), max_length=250, blank=True)
    mid_en = models.CharField(_("question when yellow, in English"), max_length=250, blank=True)
    bad_fi = models.CharField(_("question when red, in Finnish"), max_length=250, blank=True)
    bad_sv = models.CharField(_("question when red, in Swedish"), max_length=250, blank=True)
    bad_en = models.CharField(_("question when red, in English"), max_length=250, blank=True)

    objects = StatementQuerySet.as_manager()

    class Meta:
        verbose_name = _("statement")
        ordering = ["theme__position", "position"]
        constraints = [
            models.UniqueConstraint(fields=["theme", "identity"], name="statement_once_in_a_theme"),
            models.CheckConstraint(
                name="statement_limits_in_order",
                condition=Q(good_from=None, fair_from=None) | Q(good_from__gt=F("fair_from")),
                violation_error_message=_("Green has to begin above yellow."),
            ),
        ]

    def __str__(self):
        return self.text

    @property
    def text(self):
        return in_language(self, "text")

    @property
    def limits(self):
        """(green from, yellow from) in tenths of the oriented mean; the version's own unless set here."""
        instrument = self.theme.instrument
        if self.good_from is None:
            return instrument.good_from, instrument.fair_from
        return self.good_from, self.fair_from

    def question(self, state):
        """What the team talks about when the statement is in a state: `mid` or `bad`; nothing when it is good."""
        return in_language(self, state) if state in ("mid", "bad") else ""
