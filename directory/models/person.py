"""One record for one human being."""

import re

import pghistory
from django.contrib.postgres.indexes import GinIndex
from django.db import connection, models, transaction
from django.db.models import Prefetch, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from directory.access import is_last_director
from directory.models.areas import County
from directory.models.organisation import Organisation
from letters.models import Letter
from publishing.finnish_order import finnish_key_field
from publishing.search import search_field


class PersonQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Whose details the user may read: staff everybody's, a person the own ones, the public those listed."""
        if user.is_staff:
            return self.all()
        listed = Q(is_listed=True, left_on=None)
        return self.filter(listed | Q(user=user) if user.is_authenticated else listed)

    def editable_by(self, user):
        if user.is_staff:
            return self.all()
        return self.filter(user=user) if user.is_authenticated else self.none()

    def present(self):
        """Those who have not left their organisation."""
        return self.filter(left_on=None)

    def of_the_house(self):
        """The centre's own staff, present ones."""
        return self.present().filter(organisation__is_us=True)

    def contacts(self):
        """The staff on the public contact page, in Finnish order."""
        return (
            self.of_the_house()
            .filter(is_listed=True)
            .select_related("organisation")
            .prefetch_related(Prefetch("counties", County.objects.order_by("position")))
            .in_finnish_order()
        )

    def left(self):
        """Those who have left."""
        return self.exclude(left_on=None)

    def serving(self, county):
        """Those who serve a county; who serves none in particular serves every one."""
        return self.filter(Q(counties=county) | Q(counties=None)).distinct()

    def by_email(self, email):
        """The one who has the address, however it is written."""
        return self.filter(email__iexact=email).exclude(email="").first()

    def search(self, text):
        """Those in whose name, title, e-mail or organisation every word is found."""
        found = self
        for word in text.replace("\x00", " ").split()[:8]:
            found = found.filter(
                Q(given_name__icontains=word)
                | Q(family_name__icontains=word)
                | Q(title__icontains=word)
                | Q(email__icontains=word)
                | Q(organisation__name__icontains=word)
                | Q(organisation__short_name__icontains=word)
            )
        return found

    def in_finnish_order(self):
        return self.order_by("family_name_key", "given_name_key", "pk")

    def of(self, organisation):
        """The people of an organisation."""
        return self.filter(organisation=organisation)

    def for_page(self):
        """All that the page of one person shows."""
        return self.select_related("organisation", "user").prefetch_related(
            Prefetch("counties", County.objects.order_by("position"))
        )

    def for_list(self):
        """All that a row of a list shows."""
        return self.select_related("organisation", "user").in_finnish_order()


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    exclude=["family_name_key", "given_name_key", "search", "user"],
)
class Person(models.Model):
    """One human being, once, wherever they appear: as staff, as a member, as a contact."""

    # The address opens the account, and leaving closes it: only the verbs that guard these change them.
    NOT_RESTORED = frozenset({"email", "left_on", "is_listed"})

    given_name = models.CharField(_("first name"), max_length=80)
    family_name = models.CharField(_("last name"), max_length=80)
    title = models.CharField(_("title"), max_length=120, blank=True)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="people", verbose_name=_("organisation")
    )
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    counties = models.ManyToManyField(County, blank=True, related_name="people", verbose_name=_("counties served"))
    asks = models.CharField(_("what to ask about"), max_length=250, blank=True)
    is_listed = models.BooleanField(_("on the public contact page"), default=False)
    left_on = models.DateField(_("left"), null=True, blank=True)
    user = models.OneToOneField(
        User, models.SET_NULL, null=True, blank=True, related_name="person", editable=False, verbose_name=_("user")
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    family_name_key = finnish_key_field("family_name")
    given_name_key = finnish_key_field("given_name")
    search = search_field(a=["given_name", "family_name"], b=["title", "asks"])

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["family_name_key", "given_name_key"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                condition=~Q(email=""),
                name="person_email_unique",
                violation_error_message=_("Somebody in the directory has this e-mail address already."),
            )
        ]
        indexes = [
            GinIndex(fields=["search"], name="person_search"),
            models.Index(fields=["family_name_key", "given_name_key"], name="person_finnish_order"),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("directory:person", kwargs={"pk": self.pk})

    @property
    def name(self):
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def role_and_place(self):
        """Title and organisation in one line."""
        return ", ".join(filter(None, [self.title, self.organisation.called if self.organisation else ""]))

    @property
    def phone_address(self):
        """The number as a telephone dials it: 040 000 0000 is tel:+358400000000."""
        digits = re.sub(r"[^0-9+]", "", self.phone)
        return f"tel:+358{digits[1:]}" if re.match(r"0[1-9]", digits) else f"tel:{digits}"

    @property
    def is_present(self):
        return self.left_on is None

    @property
    def is_public(self):
        """Whether everybody may read the details, as `visible_to` says of many."""
        return self.is_listed and self.is_present

    @property
    def has_rights(self):
        """Whether the account opens more than the own details, or did: then only the director touches it."""
        return self.user is not None and bool(self.user.roles or self.user.appointments.exists())

    def is_guarded_from(self, user):
        """Whether address, leaving and forgetting are out of the user's hands.

        Who can change the address of an account can sign in to it; so accounts with rights are the director's, and
        nobody removes the own record or that of the last director.
        """
        if self.user is None:
            return False
        if self.user == user or is_last_director(self.user):
            return True
        return self.has_rights and not user.is_director

    @transaction.atomic
    def leave(self, *, by, on=None):
        """The person has left their work: off the contact page and the invitations, and the account is closed.

        A second time changes nothing but the day.
        """
        self.left_on = on or timezone.localdate()
        self.is_listed = False
        self.save(update_fields=["left_on", "is_listed"])
        if self.user:
            self.user.deactivate(by=by)

    @transaction.atomic
    def come_back(self):
        """The person works again. An account with rights stays closed until the director opens it."""
        self.left_on = None
        self.save(update_fields=["left_on"])
        if self.user and not self.has_rights:
            self.user.reactivate()

    @transaction.atomic
    def open_account(self):
        """Let the person sign in by codes sent to the address; an account that exists stays as it is."""
        if self.user_id is None and self.email:
            user = User.objects.open_account(self.email)
            taken = Person.objects.filter(user=user).exclude(pk=self.pk).exists()
            if not taken:
                self.user = user
                self.save(update_fields=["user"])
        return self.user

    @transaction.atomic
    def change_email(self, email):
        """The one address changes wherever it stands, the sign-in included; open sessions end."""
        if self.user_id and self.email.lower() != email.lower():
            self.user.tell_of_account("email")
        self.email = email
        self.save(update_fields=["email"])
        if self.user:
            # An invitation on its way to the old address lets nobody in any more.
            User.objects.filter(pk=self.user_id).update(email=email.lower(), invitation_nonce="")
            self.user.email, self.user.invitation_nonce = email.lower(), ""
            self.user.emailaddress_set.all().delete()
            self.user.emailaddress_set.create(email=email.lower(), verified=True, primary=True)
            self.user.end_sessions()

    @transaction.atomic
    def forget(self):
        """Remove the person with everything the history tells of them; records that named them stay, without a name."""
        user = self.user
        pk = self.pk
        if self.email:
            Letter.objects.filter(to_email__iexact=self.email).delete()
        self.delete()
        if user:
            user.end_sessions()
            user.delete()
        with connection.cursor() as cursor:
            # The application's role may add to the history only; this function of the owner's removes one person.
            cursor.execute("SELECT directory_forget_person(%s)", [pk])
