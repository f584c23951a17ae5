"""What the search of the site finds: each kind of record, asked only through what the reader may see."""

import html
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import CharField, Count, F, Func, Q, TextField, Value, Window
from django.db.models.functions import Concat
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from directory.models import County, Municipality, Person
from events.models import Event, Series
from networks.models import Meeting, Network
from projects.models import Output, Project
from publishing.search import START, PlainText, WordSimilarity, headline, mark_words, marked, matching, words_of

SHOWN = 6  # hits of one kind on the first page
# Between this and what counts as a hit a name may be what was meant: "osaamiskesus", "aikuissosiaali".
NEARLY = 0.3


class Text(Func):
    """Several columns one after the other, as text; an empty one is nothing."""

    function = "concat_ws"
    output_field = TextField()


@dataclass
class Hit:
    """One row of what was found, ready to print."""

    record: object
    title: str
    url: str
    extract: str = ""
    is_draft: bool = False


@dataclass
class Group:
    """What was found of one kind."""

    kind: object
    hits: list
    count: int
    is_exact: bool

    @property
    def has_more(self):
        return self.count > len(self.hits)


@dataclass
class Kind:
    """One kind of record that can be found."""

    code: str
    label: str
    rows: object  # user -> queryset of what the user may see
    name: str = "name"  # the column or annotation by which the record is called
    text: tuple = ()  # where the extract is cut from
    order: tuple = ("pk",)
    template: str = ""
    hit: object = field(default=None, repr=False)

    def matching(self, user, words):
        """The records the user may see that hold the words, best first; those only alike when none holds them."""
        found = matching(self.rows(user), words, title=self.name)
        if self.text:
            found = found.annotate(extract=headline(Text(Value(" "), *self.text), words))
        return found.order_by("-is_exact", "-rank", *self.order)

    def best(self, user, words, most):
        """The best few, and how many there are in all; one query. Alike ones count only where none is exact."""
        found = self.matching(user, words).annotate(
            found_count=Window(Count("pk")), exact_count=Window(Count("pk", filter=Q(is_exact=True)))
        )
        rows = list(found[:most])
        if not rows:
            return Group(self, [], 0, False)
        exact_count = rows[0].exact_count
        if exact_count:
            rows = [row for row in rows if row.is_exact]
        hits = [self.hit_of(row, user, words) for row in rows]
        return Group(self, hits, exact_count or rows[0].found_count, bool(exact_count))

    def all_of(self, user, words):
        """Every one of them, for a page of this kind alone."""
        found = self.matching(user, words)
        exact = found.filter(is_exact=True)
        return exact if exact.exists() else found

    def hit_of(self, row, user, words):
        """The row with its hits marked: in the title, and in an extract where the text holds one."""
        extract = getattr(row, "extract", "") or ""
        hit = self.hit(row, user)
        hit.title = mark_words(hit.title, words)
        if START in extract:
            # The text of prose still has its entities; `marked` escapes everything anew.
            hit.extract = marked(html.unescape(extract))
        else:
            hit.extract = mark_words(Truncator(hit.extract).words(28), words)
        return hit


def network_hit(network, user):
    return Hit(network, network.name, network.get_absolute_url(), network.summary, not network.is_published)


def project_hit(project, user):
    return Hit(project, project.called, project.get_absolute_url(), project.summary, not project.is_published)


def output_hit(output, user):
    url = f"{output.project.get_absolute_url()}#tuotos-{output.pk}"
    return Hit(output, output.title, url, output.note, not output.project.is_published)


def event_hit(event, user):
    return Hit(event, event.title, event.get_absolute_url(), event.summary, not event.is_published)


def series_hit(series, user):
    return Hit(series, series.name, series.get_absolute_url(), series.summary, not series.is_published)


def meeting_hit(meeting, user):
    return Hit(meeting, meeting.title, meeting.get_absolute_url(), "", not meeting.network.is_published)


def person_hit(person, user):
    # The public has one page for all contacts; only staff see the page of one person.
    url = person.get_absolute_url() if user.is_staff else reverse("directory:contacts")
    return Hit(person, person.name, url, person.asks)


def county_hit(county, user):
    return Hit(county, county.short_name, county.get_absolute_url(), county.themes)


def municipality_hit(municipality, user):
    return Hit(municipality, municipality.name, municipality.get_absolute_url())


KINDS = (
    Kind(
        "verkostot",
        _("Networks"),
        lambda user: Network.objects.visible_to(user).for_cards(),
        text=("summary", "purpose", PlainText(F("background")), "participants", "steers"),
        order=("name_key",),
        template="website/_hit_network.html",
        hit=network_hit,
    ),
    Kind(
        "hankkeet",
        _("Projects"),
        lambda user: Project.objects.visible_to(user).for_cards(),
        text=("summary", "purpose", PlainText(F("background")), PlainText(F("lives_on")), "programme"),
        order=("name_key",),
        template="website/_hit_project.html",
        hit=project_hit,
    ),
    Kind(
        "tuotokset",
        _("Outputs of projects"),
        lambda user: Output.objects.visible_to(user).select_related("project").defer("search", "project__search"),
        name="title",
        text=("note", "rooted_in"),
        order=("title", "pk"),
        template="website/_hit_output.html",
        hit=output_hit,
    ),
    Kind(
        "tapahtumat",
        _("Events"),
        lambda user: (
            Event.objects.visible_to(user)
            .select_related("series")
            .defer("search", "description", "after", "remote_link", "series__search", "series__background")
        ),
        name="title",
        text=("summary", PlainText(F("description")), PlainText(F("after"))),
        order=("-starts_at", "pk"),
        template="website/_hit_event.html",
        hit=event_hit,
    ),
    Kind(
        "sarjat",
        _("Series of events"),
        lambda user: Series.objects.visible_to(user).with_status().defer("search", "background"),
        text=("summary", "purpose", PlainText(F("background"))),
        order=("name_key",),
        template="website/_hit_series.html",
        hit=series_hit,
    ),
    Kind(
        "kokoukset",
        _("Meetings"),
        lambda user: Meeting.objects.visible_to(user).select_related("network").defer("agenda", "summary", "search"),
        name="title",
        text=(PlainText(F("summary")), PlainText(F("agenda"))),
        order=("-starts_at", "pk"),
        template="website/_hit_meeting.html",
        hit=meeting_hit,
    ),
    Kind(
        "henkilot",
        _("Our staff"),
        lambda user: (
            Person.objects.visible_to(user)
            .contacts()
            .annotate(full_name=Concat("given_name", Value(" "), "family_name", output_field=CharField()))
        ),
        name="full_name",
        order=("family_name_key", "given_name_key", "pk"),
        template="website/_hit_person.html",
        hit=person_hit,
    ),
    Kind(
        "alueet",
        _("Regions"),
        lambda user: County.objects.ours(),
        name="name_fi",
        text=("themes", PlainText(F("introduction"))),
        order=("position",),
        template="website/_hit_region.html",
        hit=county_hit,
    ),
    Kind(
        "kunnat",
        _("Municipalities"),
        lambda user: (
            Municipality.objects.filter(sub_region__county__in=County.objects.ours().order_by())
            .select_related("sub_region__county")
            .defer("search")
        ),
        name="name_fi",
        order=("name_key",),
        template="website/_hit_municipality.html",
        hit=municipality_hit,
    ),
)
BY_CODE = {kind.code: kind for kind in KINDS}


class Search:
    """What somebody typed, and what of it is found among what they may see."""

    def __init__(self, text, user):
        self.text = " ".join(text[:200].split())
        self.user = user

    @property
    def words(self):
        return words_of(self.text)

    @cached_property
    def groups(self):
        """The kinds of which something was found, with the best of each; one query a kind."""
        if not self.words:
            return []
        found = [kind.best(self.user, self.text, SHOWN) for kind in KINDS]
        # What is only alike is shown where the words themselves are found nowhere.
        return [group for group in found if group.is_exact] or [group for group in found if group.count]

    @property
    def is_exact(self):
        """Whether the words themselves were found, and not only something like them."""
        return any(group.is_exact for group in self.groups)

    @cached_property
    def count(self):
        return sum(group.count for group in self.groups)

    @cached_property
    def suggestions(self):
        """The names nearest to what was typed, at most three; one query."""
        if not self.words:
            return []
        typed = Value(" ".join(self.words))
        named = [
            kind.rows(self.user)
            .order_by()
            .annotate(said=F(kind.name), nearness=WordSimilarity(typed, F(kind.name)))
            .filter(nearness__gte=NEARLY)
            .values_list("said", "nearness")
            for kind in KINDS
            if kind.code != "kokoukset"
        ]
        rows = named[0].union(*named[1:]).order_by("-nearness", "said")[:3]
        return [said for said, _nearness in rows]
