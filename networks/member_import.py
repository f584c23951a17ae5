"""Members from a table: people into the directory, and each of them into the network."""

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directory.person_import import PersonImport
from networks.models import Membership, Network
from publishing.finnish_dates import read_day, written_day
from publishing.tables import Column


class MemberImport(PersonImport):
    """The subject is the network's key. Members who sit in it already stay as they are."""

    purpose = "networks.members"
    title = gettext_lazy("Bring members from Excel")
    file_name = gettext_lazy("members")
    extra_columns = (
        Column("role", gettext_lazy("Role"), ("rooli", "roll", "role"), example="jäsen"),
        Column(
            "starts_on",
            gettext_lazy("Member from"),
            ("jäsen alkaen", "alkaen", "alkaa", "jäsenyys alkaa", "from"),
            is_date=True,
            example="1.1.2026",
        ),
    )
    needs_email = True

    @cached_property
    def network(self):
        return Network.objects.get(pk=int(self.subject))

    def prepare(self, rows):
        today = timezone.localdate()
        self.today = written_day(today)
        present = Membership.objects.filter(network=int(self.subject)).exclude(ends_on__lt=today)
        self.members = set(present.values_list("person", flat=True))

    def check_row(self, row):
        row.data["role"] = row.choice("role", Membership.Role.choices, Membership.Role.MEMBER)
        row.data["starts_on"] = row.day("starts_on", default=self.today)
        if row.person and row.person.pk in self.members:
            row.notes.append(_("is a member already"))
        else:
            row.extra_change = True
            row.notes.append(_("joins the network"))

    def save_row(self, row, person):
        starts_on = read_day(row.data["starts_on"])
        Membership.join(self.network, person, role=row.data["role"], starts_on=starts_on)

    def may_be_done_by(self, user):
        return Network.objects.editable_by(user).filter(pk=int(self.subject)).exists()

    def done_url(self):
        return reverse("networks:members", kwargs={"slug": self.network.slug})

    @property
    def place(self):
        return _("Members")

    def start_url(self):
        return reverse("networks:members_import", kwargs={"slug": self.network.slug})
