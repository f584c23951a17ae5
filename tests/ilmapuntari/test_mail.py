"""Who is written to in a round, when, and what a letter holds while it lies in the database."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail as sent_mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ilmapuntari import keys, mail, slips
from ilmapuntari.answering import Outcome, answer, unit_for_answering
from ilmapuntari.models import Invitee, ReportingUnit, Round
from letters.models import Letter
from letters.tasks import send_letters
from tests.ilmapuntari.factories import LeadFactory, ManagerFactory, TeamFactory, TeamMemberFactory
from tests.ilmapuntari.rounds import code_of, finish, give, opened_round

pytestmark = pytest.mark.django_db


def invited(round):
    return Invitee.objects.filter(round=round).order_by("pk")


def letters(kind):
    return Letter.objects.filter(key__regex=rf"^ilmapuntari:\d+:{kind}").order_by("key")


def at_the_time_of(round, moment):
    return time_machine.travel(getattr(round, moment) + timedelta(minutes=1), tick=False)


def test_everybody_invited_gets_one_invitation_however_often_the_sweep_comes():
    round = opened_round([TeamFactory(size=6), TeamFactory(size=7)])

    mail.write_due_letters(round)
    mail.write_due_letters(round)

    assert sorted(letters("invitation").values_list("to_email", flat=True)) == sorted(
        invited(round).values_list("email", flat=True)
    )


def test_an_invitation_names_the_people_and_their_number_and_tells_the_times():
    team = TeamFactory(size=6, name="Aalto")
    round = opened_round([team])

    mail.write_due_letters(round)

    text = letters("invitation")[0].text
    assert all(f"– {invitee.name}\n" in text for invitee in invited(round))
    assert "6" in text
    assert "Aalto" in text
    assert timezone.localtime(round.closes_at).strftime("%-d.%-m.%Y") in text
    assert timezone.localtime(round.publishes_at).strftime("%-d.%-m.%Y") in text


def test_the_code_is_in_the_letter_that_goes_and_nowhere_in_the_database():
    round = opened_round([TeamFactory(size=6)])
    mail.write_due_letters(round)
    codes = {invitee.email: code_of(invitee) for invitee in invited(round)}

    send_letters.apply()

    assert len(sent_mail.outbox) == 6
    for message in sent_mail.outbox:
        address = message.to[0].split("<")[-1].rstrip(">")
        assert codes[address] in message.body
        assert f"/ilmapuntari/vastaa/{invited(round)[0].unit_id}/#{codes[address]}" in message.body
        assert "%%" not in message.body
    stored = " ".join(" ".join(map(str, row)) for row in Letter.objects.values_list())
    assert not [code for code in codes.values() if code in stored]


def test_the_code_of_a_letter_answers():
    round = opened_round([TeamFactory(size=6)])
    mail.write_due_letters(round)
    send_letters.apply()
    code = sent_mail.outbox[0].body.split("#")[1].split()[0]

    outcome = answer(unit_for_answering(invited(round)[0].unit_id), code, bytes([7] * 28))

    assert outcome is Outcome.SAVED


def test_without_the_key_a_letter_waits_and_a_closed_round_calls_it_off():
    round = opened_round([TeamFactory(size=6)])
    mail.write_due_letters(round)
    keys.link.destroy(round.token)

    send_letters.apply()
    waiting = Letter.objects.waiting().count()
    round.close()

    assert sent_mail.outbox == []
    assert waiting == 6
    assert not Letter.objects.waiting().exists()


def test_a_small_team_is_told_to_talk_instead_and_its_people_get_no_code():
    small = TeamFactory(size=4, name="Pieni")
    lead = LeadFactory(team=small)
    round = opened_round([small, TeamFactory(size=6)])

    mail.write_due_letters(round)
    mail.write_due_letters(round)

    assert letters("discussion").get(to_email=lead.user.email, subject__contains="Pieni")
    assert letters("invitation").count() == 6


def test_reminders_go_to_everybody_and_are_two_at_most():
    now = timezone.now()
    round = opened_round(
        [TeamFactory(size=6)],
        first_reminder_at=now + timedelta(days=5), second_reminder_at=now + timedelta(days=10),
    )  # fmt: skip
    mail.write_due_letters(round)
    give(invited(round)[0], 7)

    counts = []
    for moment in ("opens_at", "first_reminder_at", "second_reminder_at", "second_reminder_at"):
        with at_the_time_of(round, moment):
            mail.write_due_letters(round)
        counts.append(letters("reminder").count())

    round.refresh_from_db()
    assert counts == [0, 6, 12, 12]
    assert round.first_reminded_at
    assert round.second_reminded_at
    assert set(letters("reminder1").values_list("to_email", flat=True)) == set(
        invited(round).values_list("email", flat=True)
    )


def test_a_reminder_that_was_missed_is_not_sent_together_with_the_next():
    now = timezone.now()
    round = opened_round(
        [TeamFactory(size=6)],
        first_reminder_at=now + timedelta(days=5), second_reminder_at=now + timedelta(days=10),
    )  # fmt: skip

    with at_the_time_of(round, "second_reminder_at"):
        mail.write_due_letters(round)

    assert letters("reminder1").count() == 0
    assert letters("reminder2").count() == 6


def test_a_closed_round_writes_nothing():
    round = opened_round([TeamFactory(size=6)])

    with at_the_time_of(round, "closes_at"):
        mail.write_due_letters(round)

    assert not letters("invitation").exists()


def test_somebody_who_joins_gets_an_invitation_and_everybody_else_hears_of_it():
    team = TeamFactory(size=6)
    round = opened_round([team])
    mail.write_due_letters(round)
    people = set(invited(round).values_list("email", flat=True))
    member = TeamMemberFactory(team=team, name="Tulija", email="tulija@example.org")

    (joiner,) = mail.let_in(ReportingUnit.objects.get(), [member])
    mail.write_due_letters(round)
    send_letters.apply()

    assert letters("invitation").count() == 7
    assert "Tulija" in letters("invitation").get(to_email="tulija@example.org").text
    told = letters("newcomer")
    assert set(told.values_list("to_email", flat=True)) == people
    assert all("– Tulija\n" in letter.text and "7" in letter.text for letter in told)
    (own,) = [message for message in sent_mail.outbox if "tulija@example.org" in message.to[0]]
    code = own.body.split("#")[1].split()[0]
    assert code == code_of(joiner)
    assert answer(unit_for_answering(joiner.unit_id), code, bytes([7] * 28)) is Outcome.SAVED


def test_each_newcomer_is_told_of_once_and_the_earlier_ones_hear_of_the_later():
    team = TeamFactory(size=6)
    round = opened_round([team])
    mail.write_due_letters(round)
    for number in range(2):
        mail.let_in(ReportingUnit.objects.get(), [TeamMemberFactory(team=team, name=f"Tulija {number}")])

    assert letters("newcomer").count() == 6 + 7
    assert letters("invitation").count() == 8


def test_where_invitations_are_still_to_be_written_they_name_the_newcomer():
    team = TeamFactory(size=6)
    round = opened_round([team])
    mail.let_in(ReportingUnit.objects.get(), [TeamMemberFactory(team=team, name="Tulija")])

    mail.write_due_letters(round)

    assert letters("invitation").count() == 7
    assert all("– Tulija\n" in letter.text for letter in letters("invitation"))
    assert not letters("newcomer").exists()


def test_calling_off_tells_those_who_lead_small_teams_and_not_people_who_were_asked_nothing(coordinator):
    small = TeamFactory(size=4)
    lead = LeadFactory(team=small)
    round = opened_round([small, TeamFactory(size=6)])
    mail.write_due_letters(round)

    round.call_off(by=coordinator)
    mail.write_last_letters(round)

    told = set(letters("called_off").values_list("to_email", flat=True))
    assert lead.user.email in told
    assert not told & set(small.members.values_list("email", flat=True))
    assert len(told) == 7
    words = [letter.text for letter in letters("called_off").filter(to_email=lead.user.email)]
    assert not [text for text in words if "koodisi" in text or "code works" in text]
    assert not invited(round).with_address().exists()


def test_a_unit_below_its_gate_is_told_why_it_only_talks():
    team = TeamFactory(size=6)
    LeadFactory(team=team)
    round = opened_round([team], floor=8)

    mail.write_due_letters(round)

    assert any(" 8 " in letter.text for letter in letters("discussion"))


def test_slips_say_how_many_are_invited_what_a_result_needs_and_where_privacy_is_explained(monkeypatch, settings):
    team = TeamFactory(slips=7, name="Paperi")
    round = opened_round([team])
    seen = {}
    monkeypatch.setattr(slips, "typeset", lambda template, data, **options: seen.update(data) or b"%PDF")

    mail.team_slips(round.pk, team.pk)

    assert "7" in seen["who"]
    assert "5" in seen["who"]
    assert seen["privacy_address"] == f"{settings.SITE_URL}/ilmapuntari/tietosuoja/"


def test_a_lost_code_is_sent_again_and_is_the_same():
    round = opened_round([TeamFactory(size=6)])
    invitee = invited(round)[0]

    first, again = mail.send_code_again(invitee), mail.send_code_again(invitee)
    send_letters.apply()

    assert (first, again) == (True, False)
    assert len(sent_mail.outbox) == 1
    assert code_of(invitee) in sent_mail.outbox[0].body


def test_slips_are_drawn_while_the_letter_is_sent():
    team = TeamFactory(slips=7, name="Paperi")
    round = opened_round([team])
    lead = LeadFactory(team=team)
    mail.write_due_letters(round)

    ordered = mail.order_slips(round, team, to=lead.user)
    send_letters.apply()

    assert ordered
    (message,) = sent_mail.outbox
    name, content, kind = message.attachments[0]
    assert (name, kind) == ("vastauslaput.pdf", "application/pdf")
    assert content.startswith(b"%PDF")
    assert not letters("invitation").exists()


def test_a_team_with_addresses_has_no_slips_to_order(coordinator):
    team = TeamFactory(size=6)
    round = opened_round([team])

    assert not mail.order_slips(round, team, to=coordinator)


def publishable(round):
    finish(round, publish=False)
    round.refresh_from_db()
    return round


def test_publishing_tells_everybody_and_forgets_who_they_were():
    team = TeamFactory(size=6)
    lead, manager = LeadFactory(team=team), ManagerFactory(organisation=team.organisation)
    round = opened_round([team])
    addresses = set(invited(round).exclude(email=lead.user.email).values_list("email", flat=True))
    for invitee in invited(round):
        give(invitee, 7)
    publishable(round)

    mail.publish_round(round)
    mail.publish_round(round)

    unit = ReportingUnit.objects.get(kind="team")
    results = letters("result:")
    assert addresses <= set(results.values_list("to_email", flat=True))
    assert unit.result_url in results.get(to_email=min(addresses)).text
    assert set(letters("leaders").values_list("to_email", flat=True)) == {lead.user.email, manager.user.email}
    assert set(invited(round).values_list("name", "email")) == {("", "")}
    assert team.members.exclude(email="").count() == 6


def test_the_letter_with_the_result_loses_its_link_once_it_has_gone(settings):
    settings.DEMONSTRATION = False
    round = publishable(opened_round([TeamFactory(size=6)]))
    mail.publish_round(round)

    send_letters.apply()

    assert len(sent_mail.outbox) == 6
    assert set(letters("result:").values_list("text", flat=True)) == {""}


def test_a_publishing_that_broke_off_is_finished_by_the_sweep():
    round = publishable(opened_round([TeamFactory(size=6)]))
    round.publish()  # and here the process is killed

    found = list(Round.objects.to_part_from())
    mail.write_last_letters(round)

    assert found == [round]
    assert letters("result:").count() == 6
    assert not Round.objects.to_part_from().exists()


def test_nothing_is_published_before_its_hour():
    round = publishable(opened_round([TeamFactory(size=6)]))
    Round.objects.filter(pk=round.pk).update(publishes_at=timezone.now() + timedelta(hours=1))

    mail.publish_round(round)

    round.refresh_from_db()
    assert round.published_at is None
    assert not Letter.objects.exists()


def test_calling_off_tells_those_who_had_an_invitation_and_keeps_back_what_has_not_gone(coordinator):
    round = opened_round([TeamFactory(size=6)])
    mail.write_due_letters(round)

    round.call_off(by=coordinator)
    mail.write_last_letters(round)

    assert letters("called_off").count() == 6
    assert not letters("invitation").filter(called_off_at=None).exists()
    assert set(invited(round).values_list("email", flat=True)) == {""}


def test_calling_off_a_round_that_has_not_opened_writes_to_nobody(coordinator):
    round = opened_round([TeamFactory(size=6)])

    round.call_off(by=coordinator)
    mail.write_last_letters(round)

    assert not Letter.objects.exists()
    assert set(invited(round).values_list("email", flat=True)) == {""}


def test_writing_costs_as_many_queries_for_twenty_units_as_for_one():
    def cost(teams):
        round = opened_round([TeamFactory(size=5) for _ in range(teams)])
        with CaptureQueriesContext(
            connection,
        ) as queries:
            mail.write_due_letters(round)
        return len(queries)

    assert cost(1) == cost(20)
