"""The yearly account (selvitys): its prose, and its tables once they are approved."""

from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from ombudsman.models.substitution import sight_of


class AccountQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Approved ones are public; drafts are the ombudsman's and the substitute's who sees everything."""
        sight = sight_of(user)
        return self if sight and sight.sees_all else self.filter(approved_at__isnull=False)

    def editable_by(self, user):
        sight = sight_of(user)
        return self.filter(approved_at=None) if sight and sight.sees_all else self.none()

    def latest_first(self):
        return self.order_by("-year")


class Account(models.Model):
    """The account of one year, for every county and for all together.

    Its tables are frozen when it is approved, with the small figures hidden already: what is hidden is not kept here.
    All areas are frozen at once, for a figure hidden in one must not follow from the others.
    """

    year = models.PositiveSmallIntegerField(_("year"), unique=True)
    tables = models.JSONField(_("tables"), null=True, editable=False)
    approved_at = models.DateTimeField(_("approved"), null=True, blank=True, editable=False)
    approved_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", editable=False)

    objects = AccountQuerySet.as_manager()

    class Meta:
        verbose_name = _("yearly account")
        constraints = [
            models.CheckConstraint(
                name="account_approved_with_tables",
                condition=models.Q(approved_at=None, tables=None)
                | models.Q(approved_at__isnull=False, tables__isnull=False),
            )
        ]

    def __str__(self):
        return str(self.year)

    def get_absolute_url(self):
        return reverse("ombudsman:account", kwargs={"year": self.year, "area": "kaikki"})

    @property
    def is_approved(self):
        return self.approved_at is not None

    @transaction.atomic
    def approve(self, tables, *, by):
        """Freeze the tables and publish. A second time changes nothing: the first tables stand."""
        account = Account.objects.select_for_update().get(pk=self.pk)
        if not account.is_approved:
            account.tables, account.approved_at, account.approved_by = tables, timezone.now(), by
            account.save(update_fields=["tables", "approved_at", "approved_by"])
        return account


class AccountText(models.Model):
    """The ombudsman's prose for one section of the account, for one county or for all together."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="texts")
    county = models.ForeignKey("directory.County", models.PROTECT, null=True, blank=True, related_name="+")
    section = models.CharField(_("section"), max_length=30)
    text = models.TextField(_("text"), blank=True)

    class Meta:
        verbose_name = _("prose of an account")
        constraints = [
            models.UniqueConstraint(
                fields=["account", "county", "section"], name="account_text_once", nulls_distinct=False
            )
        ]

    def __str__(self):
        return f"{self.account} {self.section}"
