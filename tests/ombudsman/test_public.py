"""What anybody reads of the ombudsman, the form without an account, and the receipt code."""

import json
import logging
import re
from datetime import date, datetime, timedelta
from threading import Barrier, Thread

import pytest
import redis
import time_machine
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection, connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from letters.models import Letter
from ombudsman import abuse
from ombudsman.forms.message import LONGEST
from ombudsman.models import LogRow, Message, MessageAddition, PublicDetails
from ombudsman.models.message import normalised_receipt
from ombudsman.reading import NobodyReads
from ombudsman.views.public import MOST_ADDITIONS
from tests.conftest import signed_in
from tests.directory.factories import CountyFactory, MunicipalityFactory, SubRegionFactory
from tests.ombudsman.factories import answer, as_portal, make_message, make_substitute, serve

pytestmark = pytest.mark.django_db
ABOUT, FORM, RECEIPT = "/sosiaaliasiavastaava/", "/sosiaaliasiavastaava/yhteydenotto/", "/sosiaaliasiavastaava/kuitti/"
WORDS = "Äitini hoiva loppui kesken, eikä kukaan vastaa."
PERSONAL = "010190-123A"
NOON = datetime.fromisoformat("2026-11-24T12:10:00+02:00")


@pytest.fixture(autouse=True)
def no_counts():
    cache.clear()


@pytest.fixture
def details():
    return PublicDetails.objects.create(pk=1, phone="03 123 4567", hours="ma–to klo 9–12")


def text_of(response):
    return response.content.decode()


def written(start=None, **kwargs):
    """What a sender sends who took a minute over it."""
    if start is None:
        with time_machine.travel(timezone.now() - timedelta(minutes=1), tick=False):
            start = abuse.start()
    given = {"words": WORDS, "wish": "call", "phone": "040 765 4321", "email": "", "name": "Oona Outo"}
    return {**given, "municipality": "", "start": start, **kwargs}


def send(client, **kwargs):
    return client.post(FORM, written(**kwargs))


def code_in(response):
    return re.search(r'<code translate="no">([0-9A-Z-]+)</code>', text_of(response))[1]


def ask(client, code, **more):
    return client.post(RECEIPT, {"code": code, **more})


def the_message():
    """The words and the sender of the one message that there is."""
    with as_portal():
        message = Message.objects.get()
        return message.words, message.person


# The page ————————————————————————————————————————————————————————————————————————————————————————————————————


def test_the_page_tells_how_to_reach_the_ombudsman_and_whom_she_serves(client, details):
    kanta_hame = SubRegionFactory(county=CountyFactory(kanta_hame=True))
    MunicipalityFactory(code="109", name_fi="Hämeenlinna", sub_region=kanta_hame)
    MunicipalityFactory(code="020", name_fi="Akaa")
    MunicipalityFactory(code="887", name_fi="Urjala")
    serve("109", "020")
    serve("887", ends_on=date(2022, 12, 31))

    text = text_of(client.get(ABOUT))

    assert 'href="tel:+35831234567"' in text
    assert "ma–to klo 9–12" in text
    assert text.index("Akaa") < text.index("Hämeenlinna")
    assert text.count("Urjala") == 1  # in the sentence about 2022 only
    assert "812/2000" in text


def test_without_a_number_the_page_leads_to_the_county(client):
    response = client.get(ABOUT)

    assert "oman hyvinvointialueesi sivuilta" in text_of(response)
    assert "tel:" not in text_of(response)
    assert not response.cookies


def test_the_page_leads_each_to_where_they_may_go(client, ombudsman, as_director, as_staff):
    caseload, switch = f'href="{reverse("ombudsman:index")}"', f'href="{reverse("ombudsman:substitute_switch")}"'

    assert caseload in text_of(signed_in(ombudsman).get(ABOUT))
    assert switch in text_of(as_director.get(ABOUT))
    for browser in (client, as_staff):
        assert caseload not in text_of(browser.get(ABOUT))
        assert switch not in text_of(browser.get(ABOUT))


def test_the_page_costs_two_queries_however_many_it_serves(client, django_assert_num_queries):
    for code in range(100, 120):
        MunicipalityFactory(code=str(code))
    serve(*map(str, range(100, 120)))

    with django_assert_num_queries(2):
        client.get(ABOUT)


def test_the_form_offers_the_municipalities_that_are_served_today(client):
    MunicipalityFactory(code="020", name_fi="Akaa")
    MunicipalityFactory(code="887", name_fi="Urjala")
    serve("020")
    serve("887", ends_on=date(2022, 12, 31))

    text = text_of(client.get(FORM))

    assert ">Akaa</option>" in text
    assert "Urjala" not in text
    assert "6 kuukauden" in text


# Sending —————————————————————————————————————————————————————————————————————————————————————————————————————


def test_a_message_is_sealed_on_arrival_and_its_sender_gets_a_code(client, ombudsman):
    MunicipalityFactory(code="020", name_fi="Akaa")
    serve("020")

    response = send(client, municipality="020")

    words, person = the_message()
    assert response.status_code == 200
    assert words == WORDS
    assert person == {"name": "Oona Outo", "phone": "040 765 4321", "wish": "call", "municipality": "020"}
    assert len(normalised_receipt(code_in(response))) == 26
    with pytest.raises(NobodyReads):
        Message.objects.get().words  # noqa: B018


def test_the_arrival_leaves_one_row_in_the_log(client):
    send(client)

    row = LogRow.objects.get()
    assert (row.user, row.office, row.address, row.method) == (None, "portal", "message_create", "POST")
    assert row.wrote == [Message.objects.get().pk]
    assert row.opened == []


def test_what_was_sent_stands_nowhere_else(client, ombudsman):
    code = code_in(send(client))
    ask(client, code, words="Lisään salaisen asian", seen=0)

    kept = redis.Redis.from_url(cache._servers[0])
    cached = b" ".join([name + (kept.get(name) or b"") for name in kept.keys("*") if kept.type(name) == b"string"])
    places = {
        "letters": json.dumps(list(Letter.objects.values("key", "about", "subject", "text")), default=str),
        "log": json.dumps(list(LogRow.objects.values()), default=str),
        "cache": cached.decode("latin-1"),
        "session": str(dict(client.session)) + str(client.cookies),
    }
    assert Letter.objects.count() == 2
    assert cached
    for place, text in places.items():
        for secret in ("hoiva", "salaisen", "Outo", "765", code, normalised_receipt(code), "127.0.0.1"):
            assert secret not in text, (place, secret)


def test_the_ombudsman_and_the_present_substitute_are_told_without_a_word_of_it(client, ombudsman):
    today = timezone.localdate()
    substitute = make_substitute(by=ombudsman, starts_on=today, ends_on=today)

    send(client)

    assert set(Letter.objects.values_list("to_email", flat=True)) == {ombudsman.email, substitute.email}


def test_the_answer_with_the_code_is_kept_by_no_browser(client):
    response = send(client)

    assert "no-store" in response["Cache-Control"]
    assert "no-store" in client.get(FORM)["Cache-Control"]
    assert set(client.cookies) <= {"csrftoken"}


def test_only_the_message_and_a_wish_must_be_given(client):
    response = send(client, wish="none", phone="", name="")

    assert code_in(response)
    assert the_message() == (WORDS, {"wish": "none"})


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"words": ""}, "words"),
        ({"words": "x" * (LONGEST + 1)}, "words"),
        ({"words": "a\x00b"}, "words"),
        ({"wish": ""}, "wish"),
        ({"wish": "visit"}, "wish"),
        ({"wish": "call", "phone": ""}, "phone"),
        ({"phone": "illalla"}, "phone"),
        ({"wish": "email"}, "email"),
        ({"email": "ei osoite"}, "email"),
        ({"municipality": "999"}, "municipality"),
    ],
)
def test_what_is_wrong_is_asked_again_with_the_rest_kept(client, wrong, field):
    response = send(client, **wrong)

    assert set(response.context["form"].errors) == {field}
    assert "Oona Outo" in text_of(response)
    assert not Message.objects.exists()


@pytest.mark.parametrize("field", ["words", "phone", "email", "name"])
def test_a_personal_identity_code_is_refused_in_every_field_and_the_rest_is_kept(client, field):
    typed = f"{PERSONAL}@example.org" if field == "email" else f"Olen {PERSONAL}"

    response = send(client, **{field: typed})

    assert response.context["form"].has_error(field, "personal_identity_code")
    assert PERSONAL in text_of(response)
    assert ("Oona Outo" if field == "words" else "Äitini hoiva") in text_of(response)
    assert not Message.objects.exists()


def test_a_change_of_line_is_one_letter(client):
    send(client, words="\r\n".join(["a"] * (LONGEST // 2)))

    assert the_message()[0] == "\n".join(["a"] * (LONGEST // 2))


def test_a_form_sent_twice_is_one_message_with_one_code(client, ombudsman):
    sent = written()

    first, second = client.post(FORM, sent), client.post(FORM, sent)

    assert code_in(first) == code_in(second)
    assert Message.objects.count() == Letter.objects.count() == 1


def test_other_words_from_the_same_form_are_another_message(client):
    sent = written()

    first, second = client.post(FORM, sent), client.post(FORM, sent | {"words": "Unohdin sanoa tämän."})

    assert code_in(first) != code_in(second)
    assert Message.objects.count() == 2


def test_the_same_words_from_another_form_get_another_code(client):
    assert code_in(send(client)) != code_in(send(client))


@pytest.mark.django_db(transaction=True)
def test_a_form_sent_twice_at_the_same_moment_is_one_message():
    sent, answers, together = written(), [], Barrier(4)

    def press():
        together.wait()
        answers.append(code_in(Client().post(FORM, sent)))
        connections.close_all()

    threads = [Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(answers) == 4
    assert len(set(answers)) == 1
    assert Message.objects.count() == 1


# Nothing can be sealed ———————————————————————————————————————————————————————————————————————————————————————


def test_without_the_keys_the_form_is_shut(client, details, settings, tmp_path):
    settings.CASELOAD_KEYS = str(tmp_path / "nowhere")

    response = client.get(FORM)

    assert response.status_code == 503
    assert details.phone in text_of(response)


def test_without_the_keys_nothing_is_stored_and_what_was_written_is_kept(client, settings, tmp_path):
    sent, settings.CASELOAD_KEYS = written(), str(tmp_path / "nowhere")

    response = client.post(FORM, sent)

    assert response.status_code == 503
    assert "Äitini hoiva" in text_of(response)
    assert not Message.objects.exists()


def test_without_a_log_nothing_is_stored(client, ombudsman):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ombudsman_logrow ADD CONSTRAINT full_disk CHECK (false) NOT VALID")

    response = send(client)

    assert response.status_code == 503
    assert "Äitini hoiva" in text_of(response)
    assert not Message.objects.exists()
    assert not Letter.objects.exists()


def test_a_failing_page_logs_nothing_of_what_was_sent(client, caplog):
    client.raise_request_exception = False
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ombudsman_retention RENAME TO gone")

    response = send(client, words="", name="Salainen Nimi")

    console = logging.getLogger().handlers[0]
    said = "".join(console.format(record) for record in caplog.records)
    assert response.status_code == 500
    assert "ombudsman_retention" in said
    assert "Salainen" not in said + text_of(response)
    assert "765" not in said + text_of(response)


# Held back ———————————————————————————————————————————————————————————————————————————————————————————————————


def is_held(response):
    return response.status_code == 429 and "Äitini hoiva" in text_of(response) and not Message.objects.exists()


def test_what_a_machine_sends_is_held_back_with_everything_kept(client, details):
    trapped = send(client, homepage="https://mainos.example.org")
    quick = send(client, start=abuse.start())
    forged = send(client, start="itse:tehty")

    assert is_held(trapped)
    assert is_held(quick)
    assert is_held(forged)
    assert details.phone in text_of(trapped)
    assert "mainos" not in text_of(trapped)


def test_all_that_is_held_back_reads_the_same(client):
    def told(response):
        return re.search(r'<div class="error-summary".*?</div>', text_of(response), re.DOTALL)[0]

    assert told(send(client, homepage="x")) == told(send(client, start=abuse.start())) == told(send(client, start="x"))


def test_who_was_too_quick_sends_the_same_page_again(client):
    with time_machine.travel(NOON, tick=False) as clock:
        held = send(client, start=abuse.start())
        clock.shift(timedelta(seconds=4))
        again = send(client, start=held.context["start"])

    assert held.status_code == 429
    assert code_in(again)


def test_a_form_left_open_over_the_night_is_sent_again_with_everything_kept(client):
    with time_machine.travel(NOON, tick=False) as clock:
        start = abuse.start()
        clock.shift(timedelta(hours=13))
        held = send(client, start=start)
        clock.shift(timedelta(seconds=10))
        again = send(client, start=held.context["start"])

    assert held.status_code == 429
    assert "Äitini hoiva" in text_of(held)
    assert code_in(again)


def test_a_connection_sends_twenty_messages_an_hour(client):
    with time_machine.travel(NOON, tick=False) as clock:
        for _ in range(20):
            assert send(client).status_code == 200
        over = send(client)
        elsewhere = send(Client(REMOTE_ADDR="192.0.2.7"))
        clock.shift(timedelta(hours=1))
        later = send(client)

    assert [over.status_code, elsewhere.status_code, later.status_code] == [429, 200, 200]
    assert Message.objects.count() == 22


def test_a_home_of_the_new_kind_of_addresses_counts_as_one(rf):
    first, second = (rf.get(FORM, REMOTE_ADDR=f"2001:db8:1:2::{end}") for end in (1, "ffff"))

    assert abuse.connection(first) == abuse.connection(second) == "2001:db8:1:2::/64"


def test_a_proxy_is_looked_through_and_a_server_without_addresses_counts_as_one(rf, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1

    assert abuse.connection(rf.get(FORM, headers={"x-forwarded-for": "9.9.9.9, 192.0.2.7"})) == "192.0.2.7"
    assert abuse.connection(rf.get(FORM, REMOTE_ADDR="")) == ""


def test_two_hundred_messages_of_a_day_may_wait(client):
    message, _code = make_message()
    with connection.cursor() as cursor:  # rows that only count; their keys are never asked for
        columns = "receipt_code, words, person, received_at"
        cursor.execute(
            f"INSERT INTO ombudsman_message (id, key_slot, receipt, {columns}) "
            f"SELECT gen_random_uuid(), 1000 + n, decode(md5(n::text), 'hex'), {columns} "
            "FROM ombudsman_message, generate_series(1, 199) n WHERE id = %s",
            [message.pk],
        )

    over = send(client)
    answer(message)
    again = send(client)

    assert over.status_code == 429
    assert code_in(again)


def test_a_message_gets_in_while_the_cache_is_away(client, settings):
    settings.CACHES = settings.CACHES | {
        "default": settings.CACHES["default"] | {"LOCATION": "unix:///nowhere/redis.sock?db=1"}
    }

    assert code_in(send(client))


# The receipt —————————————————————————————————————————————————————————————————————————————————————————————————


def test_the_code_shows_whether_the_message_has_been_answered(client):
    with time_machine.travel(NOON, tick=False):
        message, code = make_message()
    waiting = ask(client, code)
    with time_machine.travel(NOON + timedelta(days=1), tick=False):
        answer(message)
    answered = ask(client, code)

    assert "Viestisi odottaa vastausta" in text_of(waiting)
    assert "ti\xa024.11.2026 klo\xa012.10" in text_of(waiting)
    assert "Viestiisi on vastattu" in text_of(answered)
    assert "ke\xa025.11.2026 klo\xa012.10" in text_of(answered)


def test_the_code_works_however_it_is_typed(client):
    with as_portal():
        message, _code = make_message()
        message.receipt_code = "0O1IL".replace("O", "0").replace("I", "1").replace("L", "1") + "ABCDEFGH" + "J" * 13
        message.hash_anew()

    for typed in ("0o1il abcdefgh " + "j" * 13, f" OOiLI-abcde-fgh {'J' * 13} ", "00111ABCDEFGH" + "J" * 13):
        assert "Viestisi odottaa vastausta" in text_of(ask(client, typed)), typed


def test_looking_opens_nothing_and_shows_nothing_of_the_words(client):
    _message, code = make_message(words="Salainen huoli")
    before = LogRow.objects.count()

    response = ask(client, code)

    assert "Salainen" not in text_of(response)
    assert "Aino" not in text_of(response)
    assert LogRow.objects.count() == before
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("code", ["", "väärä", "A" * 26, PERSONAL, "x" * 500])
def test_an_unknown_code_gets_a_sentence(client, code):
    make_message()

    response = ask(client, code)

    assert response.status_code == 200
    assert response.context["form"].errors["code"]


def test_adding_to_an_answered_message_makes_it_wait_again_and_the_ombudsman_is_told(client, ombudsman):
    message, code = make_message()
    answer(message)

    response = ask(client, code, words="Vielä yksi asia", seen=0)

    addition = MessageAddition.objects.get()
    row = LogRow.objects.get()
    assert "Täydennyksesi on saapunut" in text_of(response)
    assert "Viestisi odottaa vastausta" in text_of(response)
    assert "Vielä yksi asia" not in text_of(response)
    assert (row.address, row.wrote, row.opened) == ("receipt", [message.pk, addition.pk], [])
    assert Letter.objects.get().to_email == ombudsman.email
    with as_portal():
        assert MessageAddition.objects.get().words == "Vielä yksi asia"


def test_an_addition_sent_twice_is_stored_once(client):
    _message, code = make_message()

    ask(client, code, words="Vielä yksi asia", seen=0)
    again = ask(client, code, words="Vielä yksi asia", seen=0)
    ask(client, code, words="Ja toinen", seen=0)

    assert "Täydennyksesi on saapunut" in text_of(again)
    assert MessageAddition.objects.count() == 2


def test_a_message_takes_eight_additions(client):
    _message, code = make_message()
    for number in range(MOST_ADDITIONS):
        ask(client, code, words=f"Asia {number}", seen=number)

    over = ask(client, code, words="Yhdeksäs", seen=MOST_ADDITIONS)

    assert MessageAddition.objects.count() == MOST_ADDITIONS
    assert "Täydennyksesi on saapunut" not in text_of(over)
    assert "<textarea" not in text_of(over)


@pytest.mark.parametrize("words", ["", f"Olen {PERSONAL}", "x" * (LONGEST + 1)])
def test_a_wrong_addition_is_asked_again_with_everything_kept(client, words):
    _message, code = make_message()

    response = ask(client, code, words=words, seen=0)

    assert response.context["form"].errors["words"]
    assert words in text_of(response)
    assert not MessageAddition.objects.exists()


def test_adding_needs_the_code(client):
    _message, code = make_message()

    ask(client, code[:-1] + ("0" if code[-1] != "0" else "1"), words="Vielä", seen=0)
    ask(client, "", words="Vielä", seen=0)

    assert not MessageAddition.objects.exists()


def test_without_the_keys_an_addition_is_kept_on_the_page(client, settings, tmp_path):
    _message, code = make_message()
    settings.CASELOAD_KEYS = str(tmp_path / "nowhere")

    response = ask(client, code, words="Vielä", seen=0)

    assert response.status_code == 503
    assert code in text_of(response)
    assert not MessageAddition.objects.exists()


def test_without_a_log_an_addition_is_kept_on_the_page_and_not_stored(client):
    _message, code = make_message()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ombudsman_logrow ADD CONSTRAINT full_disk CHECK (false) NOT VALID")

    response = ask(client, code, words="Vielä yksi asia", seen=0)

    assert response.status_code == 503
    assert "Vielä yksi asia" in text_of(response)
    assert not MessageAddition.objects.exists()


def test_a_connection_tries_twenty_wrong_codes_an_hour(client):
    _message, code = make_message()
    with time_machine.travel(NOON, tick=False) as clock:
        for _ in range(20):
            assert ask(client, "A" * 26).status_code == 200
        over = ask(client, code)
        elsewhere = ask(Client(REMOTE_ADDR="192.0.2.7"), code)
        clock.shift(timedelta(hours=1))
        later = ask(client, code)

    assert [over.status_code, elsewhere.status_code, later.status_code] == [429, 200, 200]
    assert "odottaa" not in text_of(over)


def test_all_together_try_a_thousand_wrong_codes_an_hour(client, rf):
    with time_machine.travel(NOON, tick=False):
        for number in range(abuse.MOST_WRONG_CODES):
            abuse.count(abuse.WRONG_CODE, rf.get(RECEIPT, REMOTE_ADDR=f"192.0.{number // 250}.{number % 250}"))

        assert ask(client, "A" * 26).status_code == 429


def test_a_right_code_is_no_try(client):
    _message, code = make_message()

    statuses = {ask(client, code).status_code for _ in range(25)}

    assert statuses == {200}


def test_a_code_survives_a_change_of_keys(client):
    code = code_in(send(client))

    call_command("caseload_keys", "change", verbosity=0)

    assert "Viestisi odottaa vastausta" in text_of(ask(client, code))
