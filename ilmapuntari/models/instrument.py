"""The questionnaire, in versions: what is asked, how it is read, what is talked about."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import formats, timezone
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

LANGUAGES = ("fi", "sv", "en")

# The box of the largest unit has to fit on one page of the database: 8 kB for 160 codes and as many answers.
MOST_STATEMENTS = 32


def in_language(record, name):
    """The text of a record in the reader's language; in Finnish where it has not been translated."""
    return getattr(record, f"{name}_{(get_language() or 'fi')[:2]}", "") or getattr(record, f"{name}_fi")


def written(limit):
    """70 -> 7,0 in Finnish and Swedish, 7.0 in English."""
    return "" if limit is None else formats.number_format(limit / 10, 1)


def tenths(label, default, **options):
    """A limit on the scale of means, in tenths: 70 is 7.0."""
    return models.PositiveSmallIntegerField(label, default=default, validators=[MaxValueValidator(100)], **options)


def unused(model, name, text):
    """A short identity made of a text, which no version has ever used: an identity makes versions comparable."""
    longest = model._meta.get_field(name).max_length - 4
    base = slugify(text)[:longest].strip("-") or model._meta.model_name
    taken = set(model.objects.filter(**{f"{name}__startswith": base}).values_list(name, flat=True))
    identity, number = base, 1
    while identity in taken:
        number += 1
        identity = f"{base}-{number}"
    return identity


def end_of(rows):
    """The position after the last one."""
    return (rows.aggregate(last=models.Max("position"))["last"] or 0) + 1


def move_among(rows, record, step):
    """Move the record one place up (-1) or down (1) among its rows. Returns False at the end of them."""
    order = list(rows.select_for_update().order_by("position", "pk"))
    place = order.index(record)
    if not 0 <= place + step < len(order):
        return False
    order.insert(place + step, order.pop(place))
    for position, row in enumerate(order, 1):
        row.position = position
    rows.model.objects.bulk_update(order, ["position"])
    return True


class InstrumentQuerySet(models.QuerySet):
    def visible_to(self, user):
        allowed = user.is_authenticated and (user.is_coordinator or user.is_director)
        return self.all() if allowed else self.none()

    def editable_by(self, user):
        """Drafts only: a published version stays as it was answered."""
        allowed = user.is_authenticated and user.is_coordinator
        return self.filter(published_at=None) if allowed else self.none()

    def for_list(self):
        """Newest first, with how many rounds have taken each and how many statements it has."""
        statements = Statement.objects.filter(theme__instrument=models.OuterRef("pk")).order_by()
        counted = statements.values("theme__instrument").annotate(count=models.Count("pk")).values("count")
        return self.annotate(
            round_count=models.Count("rounds"), statement_count=models.functions.Coalesce(models.Subquery(counted), 0)
        ).order_by("-number")

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
        themes = list(self.themes.prefetch_related("statements"))
        statements = [statement for theme in themes for statement in theme.statements.all()]
        if not statements:
            sentences.append(_("There are no statements."))
        if len(statements) > MOST_STATEMENTS:
            sentences.append(
                _("There are %(count)s statements, and at most %(most)s fit.")
                % {"count": len(statements), "most": MOST_STATEMENTS}
            )
        for theme in themes:
            if not all(getattr(theme, f"name_{code}") for code in LANGUAGES):
                sentences.append(_("The theme “%(name)s” lacks a language.") % {"name": theme.name_fi})
            if not theme.statements.all():
                sentences.append(_("The theme “%(name)s” has no statements.") % {"name": theme.name_fi})
        for statement in statements:
            if not all(getattr(statement, f"text_{code}") for code in LANGUAGES):
                sentences.append(_("The statement “%(text)s” lacks a language.") % {"text": statement.text_fi})
            if not all(getattr(statement, f"{name}_{code}") for name in ("mid", "bad") for code in LANGUAGES):
                sentences.append(
                    _("The statement “%(text)s” lacks a question for discussion in some language.")
                    % {"text": statement.text_fi}
                )
        return sentences

    @property
    def good_words(self):
        """7,0"""
        return written(self.good_from)

    @property
    def fair_words(self):
        return written(self.fair_from)

    @property
    def numbered_themes(self):
        """The themes, each statement with its number in the order of asking: `statement.number`."""
        themes, number = list(self.themes.all()), 0
        for theme in themes:
            for statement in theme.statements.all():
                statement.number = number = number + 1
        return themes

    @property
    def statement_total(self):
        return sum(len(theme.statements.all()) for theme in self.themes.all())

    @property
    def is_full(self):
        return self.statements.count() >= MOST_STATEMENTS

    @transaction.atomic
    def add_theme(self, **names):
        """A new theme at the end of the draft."""
        key = unused(Theme, "key", names.get("name_en") or names["name_fi"])
        return self.themes.create(key=key, position=end_of(self.themes), **names)

    @transaction.atomic
    def publish(self, *, by):
        """From now on rounds take this version and nothing in it changes. A second time changes nothing."""
        Instrument.objects.filter(pk=self.pk, published_at=None).update(published_at=timezone.now(), published_by=by)
        self.refresh_from_db(fields=["published_at", "published_by"])


class ThemeQuerySet(models.QuerySet):
    def editable_by(self, user):
        return self.filter(instrument__in=Instrument.objects.editable_by(user))


class Theme(models.Model):
    """A group of statements that are read together."""

    COPIED = ("key", "position", "name_fi", "name_sv", "name_en")

    instrument = models.ForeignKey(Instrument, models.CASCADE, related_name="themes")
    key = models.SlugField(_("identity"), max_length=40)
    position = models.PositiveSmallIntegerField(_("position"))
    name_fi = models.CharField(_("name in Finnish"), max_length=60)
    name_sv = models.CharField(_("name in Swedish"), max_length=60, blank=True)
    name_en = models.CharField(_("name in English"), max_length=60, blank=True)

    objects = ThemeQuerySet.as_manager()

    class Meta:
        verbose_name = _("theme")
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["instrument", "key"], name="theme_once_in_a_version")]

    def __str__(self):
        return self.name

    @property
    def name(self):
        return in_language(self, "name")

    @transaction.atomic
    def move(self, step):
        """One place up (-1) or down (1) among the themes of the draft."""
        return move_among(self.instrument.themes, self, step)

    @transaction.atomic
    def add_statement(self, **fields):
        """A new statement at the end of the theme, with an identity that no version has used."""
        identity = unused(Statement, "identity", fields.get("text_en") or fields["text_fi"])
        return self.statements.create(identity=identity, position=end_of(self.statements), **fields)


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

    @property
    def good_words(self):
        return written(self.good_from)

    @property
    def fair_words(self):
        return written(self.fair_from)

    @property
    def mid_words(self):
        return in_language(self, "mid")

    @property
    def bad_words(self):
        return in_language(self, "bad")

    def question(self, state):
        """What the team talks about when the statement is in a state: `mid` or `bad`; nothing when it is good."""
        return in_language(self, state) if state in ("mid", "bad") else ""

    @transaction.atomic
    def move(self, step):
        """One place up (-1) or down (1) in its theme, and from the end of it into the theme beside it."""
        if move_among(self.theme.statements, self, step):
            return True
        themes = list(self.theme.instrument.themes.order_by("position", "pk"))
        place = themes.index(self.theme) + step
        if not 0 <= place < len(themes):
            return False
        self.put_into(themes[place])
        if step > 0:
            Statement.objects.filter(theme=self.theme).exclude(pk=self.pk).update(position=F("position") + 1)
            self.position = 1
            self.save(update_fields=["position"])
        return True

    def put_into(self, theme):
        """At the end of another theme of the same version."""
        self.theme, self.position = theme, end_of(theme.statements)
        self.save(update_fields=["theme", "position"])

    def change_identity(self):
        """The meaning is another one now: the statement is not compared with earlier versions any more."""
        self.identity = unused(Statement, "identity", self.text_en or self.text_fi)
        self.save(update_fields=["identity"])
