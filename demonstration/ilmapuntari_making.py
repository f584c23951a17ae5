"""The Ilmapuntari of the demonstration: teams, rounds of 2022 and later, and one that is open.

Answers are drawn so that they look random and are the same for the same day, and go in by the verb that the page
calls, with real codes into real boxes. Only the dates of past rounds are set afterwards: nobody can wait for them.
"""

from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from demonstration.chances import chance
from demonstration.fact_files import facts
from directory.models import County, Organisation
from ilmapuntari import codes, computing, keys, mail, opening, rules
from ilmapuntari.answering import Outcome, answer
from ilmapuntari.instruments.loading import load_first
from ilmapuntari.models import (
    AgreedAction,
    Invitee,
    Lead,
    Manager,
    Round,
    Team,
    TeamMember,
    UnitResult,
    next_working_day_at_seven,
)

BEGINNING = date(2023, 1, 1)  # when the counties took over
SHOWN_TEAM = "Kaislarannan tiimi"  # the one that the sign-in of the team leader leads
OPEN_FOR = timedelta(days=9)  # so long the open round stays open after each start of the demonstration
SEASONS = ["winter", "spring", "summer", "autumn"]
# How the statements lie on the whole, in tenths of the oriented mean, by theme; and the shown team's own bent.
LEVEL = {
    "meaningfulness": 78, "demands": 68, "workload": 50, "ethical-strain": 56, "continuity": 55, "leadership": 70,
    "team": 78, "conditions": 60,
}  # fmt: skip
SHOWN_BENT = {"workload": -12, "team": 8, "meaningfulness": 5, "continuity": -2, "ethical-strain": -4}


def make_ilmapuntari(say=lambda text: None):
    """Everything there is to the Ilmapuntari; a second run only keeps one round open."""
    load_first()
    if not Round.objects.exists():
        make_history()
    keep_one_round_open()
    say(f"{Team.objects.count()} teams and {Round.objects.count()} rounds of the Ilmapuntari")


# Teams --------------------------------------------------------------------------------------------------------------


def make_teams():
    """The teams as they stood in 2022. Returns {name: team}."""
    teams = {}
    for group in facts("ilmapuntari")["teams"]:
        organisation = Organisation.objects.get(name__in=[group["organisation"]])
        county = County.objects.get(pk=group["county"])
        for name in group["names"]:
            services = list(Team.Service)[: 3 if chance(name, "service") < 0.8 else 6]
            team = Team.found(
                name=name,
                organisation=organisation,
                county=county,
                service=one_of(services, name, "which"),
                on=date(2021, 9, 1) if group["county"] != "08" else date(2019, 5, 1),
            )
            add_members(team, size_of(name), on=team.started_on)
            given, family = name_of(name, "leader")
            email = "vetaja@example.org" if name == SHOWN_TEAM else address_of(given, family, team, "v")
            given, family = ("Veini", "Vetäjänkorpi") if name == SHOWN_TEAM else (given, family)
            Lead.appoint(team, f"{given} {family}", email, starts_on=team.started_on)
            teams[name] = team
    return teams


def size_of(name):
    if name == SHOWN_TEAM:
        return 14
    return 4 if chance(name, "small") < 0.06 else 6 + int(chance(name, "size") * 9)


def add_members(team, count, *, on):
    """Invented people join the team."""
    for _number in range(count):
        order = team.members.count()
        given, family = name_of(team.name, order)
        email = address_of(given, family, team, order)
        if team.name == SHOWN_TEAM and not order:
            given, family, email = "Jasmiina", "Jäsenlehto", "jasen@example.org"
        team.members.create(name=f"{given} {family}", email=email, starts_on=on)


def name_of(*of):
    """The given and the family name of somebody invented."""
    content = facts("ilmapuntari")
    return one_of(content["given_names"], "given", *of), one_of(content["family_names"], "family", *of)


def one_of(things, *of):
    """The same one of these each time for the same."""
    return things[int(chance(*of) * len(things) * 0.999)]


def address_of(given, family, team, order):
    plain = str.maketrans("äöå", "aoa")
    return f"{given}.{family}.{team.pk}{order}@example.org".lower().translate(plain)


def begin_counties(teams):
    """The counties take over at the beginning of 2023: teams move, and some end."""
    content = facts("ilmapuntari")
    for team in teams.values():
        if team.name in content["ended_2022"]:
            team.end(on=BEGINNING)
            continue
        team.move_to(Organisation.objects.get(name=content["counties"][team.county_id]), on=BEGINNING)
    paallikko = Organisation.objects.get(name=content["counties"]["08"])
    Manager.appoint("Päivikki Palvelumaa", "paallikko@example.org", organisation=paallikko, starts_on=BEGINNING)


def reorganise(teams, before):
    """What happened to teams until a day, as the facts tell; each thing once."""
    content = facts("ilmapuntari")
    for item in content["renamed"]:
        team = teams.get(item["team"])
        if team and item["day"] <= before:
            team.rename(item["to"], on=item["day"])
            teams[item["to"]] = teams.pop(item["team"])
    for item in content["joined"]:
        team = teams.get(item["team"])
        if team and item["day"] <= before:
            team.join_into(teams[item["into"]], on=item["day"])
            del teams[item["team"]]
    for item in content["split"]:
        if item["new"] not in teams and item["day"] <= before:
            old = teams[item["team"]]
            add_members(old, max(0, 14 - old.members.present().count()), on=item["day"] - timedelta(days=90))
            members = list(old.members.present().order_by("pk")[: item["members"]])
            teams[item["new"]] = new = old.split_off(item["new"], members, on=item["day"])
            given, family = name_of(new.name, "leader")
            Lead.appoint(new, f"{given} {family}", address_of(given, family, new, "v"), starts_on=item["day"])


def come_and_go(teams, *, on):
    """Between two rounds a few people change; in one team now and then many."""
    for team in teams.values():
        present = list(TeamMember.objects.present().filter(team=team).order_by("pk"))
        share = 0.5 if chance(team.name, on, "many") < 0.07 and team.name != SHOWN_TEAM else 0.09
        leaving = [m for m in present[1:] if chance(m.email, on) < share]
        for member in leaving:
            member.leave(on=on)
        add_members(team, len(leaving), on=on)


# Rounds -------------------------------------------------------------------------------------------------------------


@transaction.atomic
def make_history():
    """The rounds of 2022 as the report tells, and two a year of the last years."""
    teams = make_teams()
    for item in facts("ilmapuntari")["rounds_2022"]:
        taking_part = [team for team in teams.values() if team.county_id in item["counties"]]
        opens = datetime.combine(item["opens"], time(8), timezone.get_default_timezone())
        round = open_now(taking_part, season=item["season"], year=2022, opens_at=opens)
        answer_all(round, with_result_of(round, item["with_result"]))
        finish(round, opens)
        come_and_go(teams, on=item["opens"] + timedelta(days=60))
    begin_counties(teams)
    teams = {team.name: team for team in Team.objects.working()}
    for season, opens in past_rounds(timezone.localdate()):
        reorganise(teams, opens)
        come_and_go(teams, on=opens - timedelta(days=40))
        moment = datetime.combine(opens, time(8), timezone.get_default_timezone())
        round = open_now(list(teams.values()), season=season, year=opens.year, opens_at=moment)
        answer_all(round, {unit.pk for unit in round.units.all() if is_shown(unit) or chance(unit.name, opens) < 0.78})
        finish(round, moment)
        agree(round, moment)


def past_rounds(today):
    """(season, day) of the four rounds before the present one, oldest first: spring in March, autumn in September."""
    days, year = [], today.year
    while len(days) < 4:
        days += [day for day in (date(year, 9, 14), date(year, 3, 10)) if day < today - timedelta(days=100)]
        year -= 1
    days = sorted(days, reverse=True)[:4]
    monday = [day - timedelta(days=day.weekday()) for day in days]
    return sorted((("spring" if day.month < 6 else "autumn", day) for day in monday), key=lambda pair: pair[1])


def open_now(teams, *, season, year, opens_at):
    """A round that can be answered now, whatever day it is said to have opened."""
    now = timezone.now()
    round = Round.objects.create(
        instrument=load_first(),
        season=season,
        year=year,
        opens_at=opens_at,
        closes_at=now + OPEN_FOR,
        publishes_at=next_working_day_at_seven(now + OPEN_FOR),
    )
    round.plan_units(teams)
    round.schedule(by=None)
    round.freeze()
    opening.write_codes(round)
    opening.seal_codes(round)
    opening.mark_sealed(round)
    return round


def with_result_of(round, counts):
    """The units that get a result, as many in each county as the facts tell."""
    chosen = set()
    for county, count in counts.items():
        units = [unit for unit in round.units.all() if unit.county_id == county and not unit.is_leaders]
        units = sorted(
            (u for u in units if (u.invited or 0) > rules.SMALL_TEAM), key=lambda u: chance(u.name, round.year)
        )
        chosen |= {unit.pk for unit in units[:count]}
    return chosen


def is_shown(unit):
    return unit.name == SHOWN_TEAM


def answer_all(round, with_result):
    """Enough answers for the chosen units, too few for the others, each by its own code."""
    round.open()
    for unit in round.units.filter(is_sealed=True).select_related("round"):
        needed = unit.gate
        luck = chance(unit.name, round.year, round.season)
        if unit.pk in with_result:
            count = min(unit.invited, needed + int(luck * (unit.invited - needed + 1) * 0.9))
            count = 9 if is_shown(unit) else count
        else:
            count = int(luck * min(needed, unit.invited))
        give_answers(unit, count)


def give_answers(unit, count):
    """The first so many of the unit answer, in an order that has nothing to do with who they are."""
    key = keys.link.read(unit.round.token)
    statements = list(unit.round.instrument.statements)
    invitees = sorted(Invitee.objects.filter(unit=unit), key=lambda invitee: chance(invitee.email, unit.pk))
    for invitee in invitees[:count]:
        code = codes.derive(key, unit.pk, invitee.pk)
        outcome = answer(unit, code, drawn(unit, invitee, statements))
        assert outcome in (Outcome.SAVED, Outcome.USED), outcome


def drawn(unit, invitee, statements):
    """An answer that looks like a person's: the team's bent, the season's, the person's mood, and chance."""
    mood = (chance(invitee.email, unit.round_id) - 0.5) * 20
    values = []
    for statement in statements:
        theme = statement.theme.key
        bent = (chance(unit.name, theme) - 0.5) * 26 + (chance(unit.name, theme, unit.round_id) - 0.5) * 12
        if is_shown(unit):
            bent = SHOWN_BENT.get(theme, 0) + (chance(theme, unit.round_id) - 0.5) * 8
        own = (chance(statement.identity) - 0.5) * 18
        noise = sum(chance(invitee.email, statement.identity, unit.round_id, k) - 0.5 for k in range(3)) * 34
        if chance(invitee.email, statement.identity, unit.round_id, "skip") < 0.015:
            values.append(rules.SKIP)
            continue
        tenths = LEVEL.get(theme, 62) + bent + own + mood + noise
        value = min(10, max(0, round(tenths / 10)))
        values.append(10 - value if statement.is_reversed else value)
    return bytes(values)


def finish(round, opened):
    """Close, compute, destroy and publish, and date all of it as it would have been then."""
    now = timezone.now()
    closed = opened + timedelta(days=14)
    published = next_working_day_at_seven(closed)
    times = {
        "closes_at": min(closed, now - timedelta(seconds=2)),
        "publishes_at": min(published, now - timedelta(seconds=1)),
    }
    Round.objects.filter(pk=round.pk).update(**times)
    round.refresh_from_db()
    round.close()
    computing.compute_units(round)
    computing.compute_levels(round)
    computing.destroy(round)
    keys.link.destroy(round.token)
    round.refresh_from_db()
    round.publish()
    Invitee.objects.filter(round=round).forget()
    Round.objects.filter(pk=round.pk).update(
        scheduled_at=opened - timedelta(days=10),
        frozen_at=opened - timedelta(minutes=30),
        sealed_at=opened - timedelta(minutes=20),
        opened_at=opened,
        closed_at=closed,
        computed_at=closed + timedelta(minutes=2),
        destroyed_at=closed + timedelta(minutes=3),
        published_at=published,
        archived_at=closed + timedelta(days=60) if closed < now - timedelta(days=400) else None,
    )
    round.refresh_from_db()


def agree(round, opened):
    """Teams agree on something about what is worst, and look back on what they agreed half a year before."""
    statements = list(round.instrument.statements)
    pool = facts("ilmapuntari")["actions"]
    agreed = opened + timedelta(days=25)
    results = UnitResult.objects.filter(unit__round=round).exclude(figures=None).select_related("unit")
    for result in results.prefetch_related("unit__teams"):
        for team in result.unit.teams.all():
            for action in AgreedAction.objects.open().filter(team=team):
                luck = chance(team.slug, action.pk, "happened")
                happened = "yes" if luck < 0.55 else "partly" if luck < 0.8 else "no"
                helped = "" if happened == "no" else ["yes", "somewhat", "unknown"][int(luck * 2.9 / 0.8) % 3]
                action.look_back(happened, helped, by=None)
                AgreedAction.objects.filter(pk=action.pk).update(reviewed_at=agreed)
            if chance(team.slug, round.pk, "agrees") > 0.7 and team.name != SHOWN_TEAM:
                continue
            figures = [
                (rules.oriented(f["mean"], s.is_reversed), s)
                for f, s in zip(result.figures, statements, strict=True)
                if f
            ]
            worst = sorted(figures, key=lambda pair: pair[0])[: 2 if team.name == SHOWN_TEAM else 1]
            for place, (_mean, statement) in enumerate(worst):
                chosen = one_of(pool, team.slug, round.pk, place)
                AgreedAction.objects.create(
                    team=team,
                    round=round,
                    statement=statement.identity,
                    what=chosen["what"],
                    who=chosen["who"],
                    by_on=(agreed + timedelta(days=60 + int(chance(team.slug, round.pk, place, "by") * 270))).date(),
                    agreed_at=agreed,
                )


# The round that is open ---------------------------------------------------------------------------------------------


@transaction.atomic
def keep_one_round_open():
    """One round is open and stays so for some days more, with teams just below their gate."""
    now = timezone.now()
    closes_at = (timezone.localtime(now) + OPEN_FOR).replace(hour=16, minute=0, second=0, microsecond=0)
    round = Round.objects.open().first()
    if round is not None:
        times = {"closes_at": max(closes_at, round.closes_at)}
        times["publishes_at"] = next_working_day_at_seven(times["closes_at"])
        Round.objects.filter(pk=round.pk, closes_at__lt=closes_at).update(**times)
        return
    if Round.objects.under_way().filter(published_at=None).exists():
        return  # one is being computed, or is about to open
    opens = (timezone.localtime(now) - timedelta(days=6)).replace(hour=8, minute=0, second=0, microsecond=0)
    season, year = free_season(opens)
    teams = list(Team.objects.working())
    round = open_now(teams, season=season, year=year, opens_at=opens)
    Round.objects.filter(pk=round.pk).update(
        closes_at=closes_at,
        publishes_at=next_working_day_at_seven(closes_at),
        first_reminder_at=opens + timedelta(days=5, hours=1),
        second_reminder_at=closes_at - timedelta(days=2, hours=7),
    )
    round.refresh_from_db()
    mail.open_round(round)
    for unit in round.units.filter(is_sealed=True).select_related("round"):
        # Most stand just below their gate; three more of the shown team, whose codes a newcomer is given, reach it.
        below = 3 if is_shown(unit) else 1 + int(chance(unit.name, "near") * 3)
        give_answers(unit, max(0, unit.gate - (below if is_shown(unit) or chance(unit.name, "open") < 0.7 else 0)))
    opening.reseal(round, on=timezone.localdate())


def free_season(opens):
    """The season of the day, or the next one that has no round yet."""
    place = (opens.month % 12) // 3
    year = opens.year + (opens.month == 12)
    while Round.objects.filter(year=year, season=SEASONS[place], called_off_at=None).exists():
        place, year = (place + 1) % 4, year + (place == 3)
    return SEASONS[place], year
