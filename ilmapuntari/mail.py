"""The letters of the Ilmapuntari: who is written to, when, and what is filled in while a letter is sent.

A letter with a code holds only places for it: the queue `post` derives the code at the moment of sending. Letters are
written by the unit, because everybody invited to a unit gets the same words; whatever was left undone by a kill is
found by the next sweep.
"""

import re
import time
from collections import defaultdict

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import override

from accounts.models import User
from ilmapuntari import codes, keys
from ilmapuntari.answering import statement_count
from ilmapuntari.models import Invitee, Lead, Manager, Round, UnitTeam
from ilmapuntari.slips import Slip, slips_pdf
from letters import fillings
from letters.models import Letter

CHUNK = 100  # units a transaction; everybody in a unit gets the same words, so these are rendered once a unit
SECONDS = 25  # each kind of letter is written for so long at most in a sweep; the next one goes on

# The places in a letter that are filled in while it is sent, and at no other time.
LINK, CODE = "%%LINK%%", "%%CODE%%"


# Opening, reminding --------------------------------------------------------------------------------------------------


def open_round(round):
    """Open the round if its time has come, and write its invitations; what is left of these is for the next sweep."""
    if round.open():
        write_due_letters(round)


def write_due_letters(round):
    """Invitations to whoever lacks one, and reminders whose time has come. A second time writes nothing."""
    in_time(lambda: write_invitations(round) or write_reminders(round))


def in_time(write_some):
    """Go on for as long as there is something to write and time is left."""
    until = time.monotonic() + SECONDS
    while write_some() and time.monotonic() < until:
        pass


@transaction.atomic
def write_invitations(round):
    """The invitations of the next units. Returns how many units were done."""
    this = held(round)
    units = list(this.units.to_invite().order_by("pk")[:CHUNK]) if this.is_open else []
    if not units:
        return 0
    people = people_of(units)
    letters = []
    for unit in units:
        unit.round = this
        if unit.is_too_small:
            letters += letters_about_discussion(unit, people[unit.pk])
        else:
            letters += letters_to(unit, people[unit.pk], "invitation", fill="ilmapuntari")
        unit.invitations = unit.invited
    Letter.objects.write_all(letters)
    this.units.bulk_update(units, ["invitations"])
    return len(units)


@transaction.atomic
def write_reminders(round):
    """The reminder that is due to everybody in the next units: nobody knows who has answered (rule 11).

    Returns how many units were done.
    """
    this = held(round)
    number = this.reminders_due
    if not this.is_open or this.reminders_written >= number:
        return 0
    units = list(this.units.measured().filter(reminders__lt=number).order_by("pk")[:CHUNK])
    if not units:
        this.mark_reminded(number)
        return 0
    people = people_of(units)
    letters = []
    for unit in units:
        unit.round = this
        letters += letters_to(unit, people[unit.pk], "reminder", once=number, fill="ilmapuntari")
        unit.reminders = number
    Letter.objects.write_all(letters)
    this.units.bulk_update(units, ["reminders"])
    return len(units)


def held(round):
    """The round as it stands, and so it stands until the end of the transaction: it cannot close meanwhile."""
    return Round.objects.select_for_update(no_key=True).get(pk=round.pk)


def people_of(units):
    """{unit: those invited to it}, in the order of their names."""
    people = defaultdict(list)
    for invitee in Invitee.objects.filter(unit__in=units).order_by("name", "pk"):
        people[invitee.unit_id].append(invitee)
    return people


def letters_to(unit, people, kind, *, once="", fill="", receivers=None, more=None, **options):
    """One letter to each of these people or receivers who has an address, the same words to all, written once."""
    subject, text = words(kind, context_of(unit, people) | (more or {}))
    return [
        Letter(
            key=":".join(str(part) for part in (unit.round.letters_about, f"{kind}{once}", invitee.pk)),
            to_name=invitee.name,
            to_email=invitee.email,
            reply_to=answers_to(unit.round),
            subject=subject,
            text=text,
            fill=fill,
            fill_with=str(invitee.pk) if fill else "",
            **({"about": unit.round.letters_about} | options),
        )
        for invitee in (people if receivers is None else receivers)
        if invitee.email
    ]


def answers_to(round):
    """Where it is told that a list is wrong: whoever confirmed the round."""
    keeper = round.scheduled_by
    return keeper.email if keeper is not None and keeper.is_active else ""


@override("fi")
def context_of(unit, people):
    """What the words of a unit's letters are made of; addresses in Finnish too."""
    return {
        "round": unit.round,
        "unit": unit,
        "statements": statement_count(unit.round.instrument_id),
        "names": [invitee.name for invitee in people if invitee.email],
        "slips": sum(not invitee.email for invitee in people),
        "answer_address": settings.SITE_URL + unit.answer_url,
        "result_address": settings.SITE_URL + unit.result_url,
        "portal_address": f"{settings.SITE_URL}/ilmapuntari/",
        "LINK": LINK,
        "CODE": CODE,
    }


def words(kind, context):
    """(subject, text). People are written to in Finnish: the portal does not know their language."""
    with override("fi"):
        subject = render_to_string(f"ilmapuntari/mail/{kind}_subject.txt", context)
        text = render_to_string(f"ilmapuntari/mail/{kind}.txt", context)
    return " ".join(subject.split())[:250], re.sub(r"\n{3,}", "\n\n", text.strip()) + "\n"


def letters_about_discussion(unit, people, kind="discussion", about="discussion"):
    """To those who lead a team too small for numbers, or are themselves too few: what they do instead (rule 2).

    The people of such a team have been asked nothing, so while the round goes on nothing is written to them.
    """
    about = f"{unit.round.letters_about}:{about}"
    if unit.is_leaders:
        return letters_to(unit, people, kind, about=about)
    subject, text = words(kind, context_of(unit, people))
    leads = Lead.objects.present().filter(team__units=unit).select_related("user").order_by("user_id")
    return [
        Letter(
            key=f"{unit.round.letters_about}:{kind}:{unit.pk}:{lead.user_id}",
            about=about,
            to_name=lead.name,
            to_email=lead.user.email,
            reply_to=answers_to(unit.round),
            subject=subject,
            text=text,
        )
        for lead in leads
    ]


# Somebody joins ------------------------------------------------------------------------------------------------------


@transaction.atomic
def let_in(unit, members):
    """These people join the unit now: they get their invitations, and everybody else hears who they are (rule 3).

    Returns the new invitees.
    """
    joiners = unit.let_in(members)
    # Where the invitations are still to be written, they name the newcomers themselves.
    if joiners and unit.invitations:
        people = people_of([unit])[unit.pk]
        new = {joiner.pk for joiner in joiners}
        others = [invitee for invitee in people if invitee.pk not in new]
        more = {"newcomers": [joiner.name for joiner in joiners]}
        letters = letters_to(unit, people, "invitation", receivers=joiners, fill="ilmapuntari")
        letters += letters_to(unit, people, "newcomer", once=f":{min(new)}", receivers=others, more=more)
        Letter.objects.write_all(letters)
        unit.invitations = unit.invited
        unit.save(update_fields=["invitations"])
    return joiners


# A lost code, slips of paper -----------------------------------------------------------------------------------------


@transaction.atomic
def send_code_again(invitee):
    """The same code in a new letter, at most once an hour. Returns whether one was written."""
    this = held(invitee.round)
    if not this.is_open or not invitee.email or not invitee.unit.is_sealed:
        return False
    unit = invitee.unit
    unit.round = this
    people = people_of([unit])[unit.pk]
    letters = letters_to(unit, people, "code", once=f"{timezone.now():%Y%m%d%H}", fill="ilmapuntari")
    return bool(Letter.objects.write_all([letter for letter in letters if letter.fill_with == str(invitee.pk)]))


def order_slips(round, team, *, to):
    """A letter to a user with the team's slips as a file; at most once an hour to the same person.

    Returns whether one was written.
    """
    if not round.is_open or not Invitee.objects.filter(round=round, slip_of=team, unit__is_sealed=True).exists():
        return False
    context = {"round": round, "team": team, "slips": Invitee.objects.filter(round=round, slip_of=team).count()}
    subject, text = words("slips", context)
    letter = Letter(
        key=f"{round.letters_about}:slips{timezone.now():%Y%m%d%H}:{team.pk}:{to.pk}",
        about=round.letters_about,
        to_email=to.email,
        subject=subject,
        text=text,
        fill="ilmapuntari.slips",
        fill_with=f"{round.pk}:{team.pk}",
    )
    return bool(Letter.objects.write_all([letter]))


# Filled in while sending, in the process that holds `link` ------------------------------------------------------------


def code_of(key, invitee):
    return codes.written(codes.derive(key, invitee.unit_id, invitee.code_name))


@override("fi")
def link_with(unit, code):
    """The address at which the code answers; what comes after # reaches no server log."""
    return f"{settings.SITE_URL}{unit.answer_url}#{code}"


def filled(letter):
    """The code of an invitee's letter. Raises KeyGone when nobody can answer with it any more."""
    invitee = Invitee.objects.select_related("unit__round").get(pk=letter.fill_with)
    code = code_of(keys.link.read(invitee.unit.round.token), invitee)
    return fillings.Filling(words={LINK: link_with(invitee.unit, code), CODE: code})


def filled_with_slips(letter):
    """The slips of a team as a PDF."""
    round_pk, team_pk = letter.fill_with.split(":")
    return fillings.Filling(attachments=[("vastauslaput.pdf", team_slips(round_pk, team_pk), "application/pdf")])


def team_slips(round_pk, team_pk):
    """The PDF of a team's unnamed slips. Raises KeyGone, and Invitee.DoesNotExist for a team that has none."""
    invitees = list(
        Invitee.objects.filter(round=round_pk, slip_of=team_pk, unit__is_sealed=True)
        .select_related("unit__round")
        .order_by("pk")
    )
    if not invitees:
        raise Invitee.DoesNotExist
    key = keys.link.read(invitees[0].unit.round.token)
    unit = invitees[0].unit
    slips = [Slip(code, link_with(unit, code)) for code in sorted(code_of(key, invitee) for invitee in invitees)]
    with override("fi"):
        return slips_pdf(unit, slips, address=settings.SITE_URL + unit.answer_url)


fillings.register("ilmapuntari", filled)
fillings.register("ilmapuntari.slips", filled_with_slips)


# The end of a round --------------------------------------------------------------------------------------------------


def publish_round(round):
    """Publish the round if its time has come, and tell everybody who was invited, leaders and managers."""
    with transaction.atomic():
        if round.publish():
            Letter.objects.write_all(letters_to_leaders_and_managers(round))
    write_last_letters(round)


def letters_to_leaders_and_managers(round):
    """One to each: the results are there, sign in."""
    teams = UnitTeam.objects.filter(round=round)
    leads = Lead.objects.present().filter(team__in=teams.values("team"))
    managers = Manager.objects.present()
    people = {}
    for found in (
        managers.filter(organisation__in=round.units.exclude(organisation=None).values("organisation")),
        managers.filter(county__in=round.units.values("county")),
        leads,
    ):
        for user_id, email, name in found.values_list("user_id", "user__email", "name"):
            people[user_id] = email, name
    subject, text = words("leaders", {"round": round, "portal_address": f"{settings.SITE_URL}/ilmapuntari/"})
    gone = set(User.objects.filter(pk__in=people, is_active=False).values_list("pk", flat=True))
    return [
        Letter(
            key=f"{round.letters_about}:leaders:{user_id}",
            about=f"{round.letters_about}:results",
            to_name=name,
            to_email=email,
            reply_to=answers_to(round),
            subject=subject,
            text=text,
        )
        for user_id, (email, name) in people.items()
        if user_id not in gone
    ]


def write_last_letters(round):
    """To everybody invited: the link to the unit's result, or that the round is off. Then they are forgotten."""
    in_time(lambda: write_last_letters_of_some(round))


@transaction.atomic
def write_last_letters_of_some(round):
    """The last letters of the next units, and the end of the names in their lists. Returns how many units were done."""
    this = held(round)
    if this.published_at is None and this.called_off_at is None:
        return 0
    units = list(this.units.to_part_from().select_related("result").order_by("pk")[:CHUNK])
    people = people_of(units)
    letters = []
    for unit in units:
        unit.round = this
        if this.published_at is not None and unit.is_leaders and unit.is_too_small:
            continue  # as leaders they have got a letter already
        if this.published_at is not None:
            letters += letters_to(
                unit, people[unit.pk], "result", about=f"{this.letters_about}:results", is_secret=True
            )
        elif unit.invitations and unit.is_too_small:
            letters += letters_about_discussion(unit, people[unit.pk], "called_off", "called_off")
        elif unit.invitations:
            letters += letters_to(unit, people[unit.pk], "called_off", about=f"{this.letters_about}:called_off")
    Letter.objects.write_all(letters)
    Invitee.objects.filter(unit__in=units).forget()
    return len(units)
