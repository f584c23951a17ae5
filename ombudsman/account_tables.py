"""The tables of a time by area, as plain data that can be kept as JSON: exact for the caseload, or fit to be published.

    {"first", "last", "before": {"first", "last"}, "population_year", "areas": [area, …]}
    area: {"slug", "county", "county_slug", "names": {"fi"}, "tables": {table: [row, …]}}
    row:  {"code", "now", "before", "names", "people"}

`now` and `before` are counts, or null where they are hidden; `before` is missing where the time before has no such
figure. What is hidden is nowhere in it. Names of values and places go along, so that nothing renamed later changes an
account. The first area is all together; where it is the same as the only county, there is no other.
"""

from ombudsman.models import Account, Code, Fact, OtherWork, Variable
from ombudsman.statistics import OTHER, REST, UNKNOWN, Frame, Time, other_work
from ombudsman.suppression import ALL, Table, Year, published

ALL_SLUG = "kaikki"
TOTALS, PLACES, WORK = "totals", "municipality", "work"
# A contact may have several of these, and not each has an interpreter; the others add up to all contacts.
NOT_ADDING_UP = {"reason", "interpreter"}


def published_tables(year):
    """The tables of a year's account as anybody may see them. The same figures always give the same tables.

    The year before comes from its own approved account where there is one, for two different answers on one year
    would tell together what neither tells alone. Otherwise it is hidden by the same rules.
    """
    frame = Frame(Time.of_year(year))
    now = _hidden_year(frame, frame.time)
    frozen = Account.objects.filter(year=year - 1, tables__isnull=False).first()
    earlier = _read_again(frozen.tables, frame) if frozen else _hidden_year(frame, frame.time.before)
    tables = _laid_out(frame, now, earlier)
    return tables if frozen or Fact.objects.of_year(year - 1).exists() else _without_year_before(tables)


def _without_year_before(tables):
    """Nobody wrote down the year before: that is no finding of zeros."""
    for area in tables["areas"]:
        for rows in area["tables"].values():
            for row in rows:
                row.pop("before", None)
    return tables


def exact_tables(time):
    """The tables of any months, with nothing hidden: for the ombudsman's eyes."""
    frame = Frame(time)
    return _laid_out(frame, *(_with_work(_summed(frame.count(one)), one) for one in (time, time.before)))


# Figures by area: {area, ALL among them: {table: {code: count, or None for a hidden one}}} ——————————————————————————


def _hidden(counted):
    """The figures that may be shown.

    Contacts that count no client are a figure too, though no table has it: consultations are among them, so a reader
    who knew it to be small would know them to be. Measures are decided apart from the rest: some were taken between
    contacts, and how many is told nowhere, so contacts set them no bound.
    """
    year = published(
        Year(
            counted.contacts,
            {
                name: Table(counts, adds_up=name not in NOT_ADDING_UP)
                for name, counts in counted.tables.items()
                if name != Variable.MEASURE
            },
        )
    )
    most = {area: contacts + counted.between[area] for area, contacts in counted.contacts.items()}
    measures = published(Year(most, {"measure": Table(counted.tables["measure"], adds_up=False)}))
    return _by_area(year.contacts, {name: table.counts for name, table in (year.tables | measures.tables).items()})


def _hidden_year(frame, time):
    return _with_work(_hidden(frame.count(time)), time)


def _summed(counted):
    """All figures, with the sums over all areas."""
    tables = {}
    for name, by_area in counted.tables.items():
        total = {}
        for counts in by_area.values():
            for code, count in counts.items():
                total[code] = total.get(code, 0) + count
        tables[name] = by_area | {ALL: total}
    return _by_area(counted.contacts | {ALL: sum(counted.contacts.values())}, tables)


def _by_area(contacts, tables):
    found = {}
    for area, count in contacts.items():
        found[area] = {name: dict(counts[area]) for name, counts in tables.items()}
        found[area][TOTALS] = {
            "contacts": count,
            "clients": found[area].pop("client")["first"],
            "interpreter": found[area].pop("interpreter")["with"],
        }
    return found


def _with_work(figures, time):
    """Other work beside: it is about no client, so nothing of it is hidden. Work for no county counts in all only."""
    work = other_work(time)
    for area, tables in figures.items():
        counts = [work.get(area, {})] if area != ALL else work.values()
        tables[WORK] = {kind: sum(each.get(kind, 0) for each in counts) for kind in OtherWork.Kind.values}
    return figures


def _read_again(frozen, frame):
    """The figures of an approved account under the codes and municipalities of another year."""
    found = {}
    for area in frozen["areas"]:
        tables = {}
        for name, rows in area["tables"].items():
            counts = tables[name] = {}
            for row in rows:
                code = _present_code(name, row["code"], frame)
                counts[code] = _plus(counts.get(code, 0), row["now"])
        found[ALL if area["slug"] == ALL_SLUG else area["county"]] = tables
        if area["county"]:
            found[area["county"]] = tables
    return found


def _present_code(name, code, frame):
    if name in Variable.values:
        return frame.code_of(name, code)
    return frame.place_of(code) if name == PLACES and code not in {OTHER, UNKNOWN} else code


def _plus(one, other):
    """A sum with a hidden part stays hidden."""
    return None if one is None or other is None else one + other


# Laying out ——————————————————————————————————————————————————————————————————————————————————————————————————————————


def _laid_out(frame, now, before):
    names = _names(frame)
    people = {place.pk: place.population for place in frame.municipalities}
    is_one = len(frame.counties) == 1 and all(
        _is_all_in(figures, frame.areas[0]) for figures in (now, before) if REST in figures
    )
    first = {"slug": ALL_SLUG, "county": "", "county_slug": "", "names": {}}
    if is_one:
        first |= _described(frame.counties[0]) | {"slug": ALL_SLUG}
    areas = [(ALL, first)] + ([] if is_one else [(county.pk, _described(county)) for county in frame.counties])
    return {
        **_days(frame.time),
        "before": _days(frame.time.before),
        "population_year": max((place.population_year for place in frame.municipalities), default=None),
        "areas": [
            description
            | {
                "tables": {
                    name: [
                        _row(name, code, now[area], before.get(area, {}), names, people)
                        for code in _codes(name, area, frame, now[area], before.get(area, {}))
                    ]
                    for name in now[area]
                }
            }
            for area, description in areas
        ],
    }


def _is_all_in(figures, county):
    """Whether the only county has everything, so that it and all together are one."""
    elsewhere = [figures[REST][TOTALS]["contacts"], *figures[REST]["measure"].values()]
    return all(count == 0 for count in elsewhere) and figures[county][WORK] == figures[ALL][WORK]


def _described(county):
    return {"slug": county.slug, "county": county.pk, "county_slug": county.slug, "names": {"fi": county.short_name}}


def _days(time):
    return {"first": time.first.isoformat(), "last": time.last.isoformat()}


def _codes(name, area, frame, now, before):
    """The codes of a table's rows in order: what holds within the time, then what was used all the same."""
    used = now[name]
    if name == PLACES:
        order = [place.pk for place in frame.municipalities if place.pk in used] + [OTHER, UNKNOWN]
        always = {*order} - {OTHER}
    elif name in Variable.values:
        order = [*frame.valid[name], *sorted({*used, *before.get(name, {})} - {*frame.valid[name], ""}), ""]
        always = {*frame.valid[name]}
    else:
        return list(used)
    earlier = before.get(name, {})
    return [code for code in order if code in always or used.get(code, 0) != 0 or earlier.get(code, 0) != 0]


def _row(name, code, now, before, names, people):
    row = {"code": code, "now": now[name].get(code, 0)}
    if code in before.get(name, {}):
        row["before"] = before[name][code]
    if (name, code) in names:
        row["names"] = names[name, code]
    if name == PLACES and code in people:
        row["people"] = people[code]
    return row


def _names(frame):
    """{(table, code): {language: name}} of values and places."""
    names = {(PLACES, place.pk): {"fi": place.name_fi, "sv": place.name_sv} for place in frame.municipalities}
    for code in Code.objects.all():
        names[code.variable, code.code] = {
            language: name for language, name in (("fi", code.name), ("sv", code.name_sv), ("en", code.name_en)) if name
        }
    return names
