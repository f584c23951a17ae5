"""Who calls the ombudsman of the demonstration: invented, and the same every time for the same thing."""

from bisect import bisect
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from demonstration.chances import chance
from demonstration.fact_files import facts
from directory.models import Municipality
from ombudsman.models import ServedArea


def chosen(shares, *of):
    """One of the values, each as often as its share."""
    ends = list(accumulate(shares.values()))
    return list(shares)[min(bisect(ends, chance(*of) * ends[-1]), len(ends) - 1)]


def one_of(things, *of):
    return things[int(chance(*of) * len(things)) % len(things)]


@dataclass(frozen=True, eq=False)
class Caller:
    """An invented caller with a matter: the same for the same `of`. The number gives the name and the telephone."""

    of: tuple
    number: int
    places: dict  # {code of a municipality: its inhabitants}
    is_anonymous: bool = False

    @cached_property
    def content(self):
        return facts("caseload")

    def share(self, name):
        return chosen(self.content["shares"][name], *self.of, name)

    @cached_property
    def fixed(self):
        """What every contact of the caller is counted by."""
        who, task = self.share("who"), self.share("task")
        return {
            "municipality": chosen(self.places, *self.of, "place"),
            "who": who,
            "language": self.share("language"),
            "nature": "consultation" if who == "staff" else self.share("nature"),
            "task": task,
            "service": one_of(self.content["tasks"][task]["services"], *self.of, "service"),
            "provider": self.share("provider"),
        }

    @property
    def title(self):
        return self.fixed["service"].capitalize()

    def values(self, place):
        """What one contact is counted by; `place` is 0 for the first, 1 for the next."""
        of, shares = (*self.of, place), self.content["shares"]
        way, measures = chosen(shares["way"], *of, "way"), ["advice"]
        reasons = {chosen(shares["reason"], *of, "reason", again) for again in range(1 + (chance(*of, "two") < 0.3))}
        if chance(*of, "more") < (0.4 if self.fixed["nature"] == "dissatisfaction" else 0.1):
            measures = [*measures[: chance(*of, "advised") < 0.8], chosen(shares["measure"], *of, "measure")]
        return self.fixed | {
            "way": way,
            "has_interpreter": self.fixed["language"] == "other" and way != "email",
            "reasons": sorted(reasons) if self.fixed["nature"] == "dissatisfaction" else [],
            "measures": measures,
            "minutes": (40 if way == "meeting" else 5) + 5 * int(chance(*of, "minutes") ** 2 * 9),
        }

    def note(self, values, place):
        tasks = self.content["tasks"][self.fixed["task"]]
        about = self.content["consulted"] if self.fixed["nature"] == "consultation" else tasks["about"]
        done = self.content["done"][values["measures"][-1]]
        return f"{one_of(about, *self.of, 'about')} {one_of(done, *self.of, place, 'done')}"

    def person(self, way):
        """Staff and some of the others leave nothing; the number is nobody's (see the facts)."""
        if self.is_anonymous or self.fixed["who"] == "staff":
            return {}
        given, family = (
            names[self.number % len(names)] for names in (self.content["given_names"], self.content["family_names"])
        )
        address = f"{given}.{family}@example.org".lower().translate(str.maketrans("äöå", "aoa"))
        return {"name": f"{given} {family}", "phone": f"050 000 0{self.number:03}"} | (
            {"email": address} if way == "email" else {}
        )

    def words(self, place):
        """Values, person and note of one contact."""
        values = self.values(place)
        return values, self.person(values["way"]), self.note(values, place)


def inhabitants(on, *, silent=()):
    """{code: inhabitants} of the municipalities served on a day, without the silent ones."""
    served = ServedArea.objects.in_force(on).exclude(municipality__in=silent).values("municipality")
    return dict(Municipality.objects.filter(pk__in=served).order_by("pk").values_list("pk", "population"))
