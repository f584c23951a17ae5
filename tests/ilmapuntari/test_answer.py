"""Answering: every outcome has its sentence, nobody loses an answer, nothing of anybody is kept on the way."""

import gzip
import logging
import re
import uuid
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from ilmapuntari import answer_page, answering, keys
from ilmapuntari.instruments.loading import load_first
from ilmapuntari.models import Invitee, Round, SealedBox
from ilmapuntari.sealed_box import open_box
from tests.ilmapuntari.factories import RoundFactory, TeamFactory, unit_of
from tests.ilmapuntari.rounds import code_of, opened_round

pytestmark = pytest.mark.django_db

VALUES = {f"v{number}": str(number % 11) for number in range(1, 29)}


@pytest.fixture
def round():
    cache.clear()
    return opened_round([TeamFactory(size=6), TeamFactory(size=6)])


@pytest.fixture
def invitee(round):
    return Invitee.objects.filter(round=round).order_by("pk").first()


def path_of(unit, language="fi"):
    with override(language):
        return reverse("ilmapuntari:answer", kwargs={"pk": unit})


def send(invitee, *, code=None, values=None, language="fi", client=None, **headers):
    values = VALUES if values is None else values
    sent = {"koodi": code_of(invitee) if code is None else code, **values}
    return (client or Client()).post(path_of(invitee.unit_id, language), sent, headers=headers)


def box_of(invitee):
    key = keys.box.read(invitee.round.token)
    return open_box(key, invitee.unit_id, SealedBox.objects.get(pk=invitee.unit_id).blob)


def text_of(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


# What becomes of an answer --------------------------------------------------------------------------------------------


def test_an_answer_is_saved_and_thanked_for(invitee):
    response = send(invitee)

    assert response.status_code == 200
    assert "Kiitos, vastauksesi on tallennettu" in text_of(response)
    assert "viimeistään" in text_of(response)
    assert "/ilmapuntari/tietosuoja/" in response.content.decode()
    assert box_of(invitee).answers == [bytes(int(value) for value in VALUES.values())]


def test_what_is_left_open_or_skipped_is_stored_as_skipped(invitee):
    send(invitee, values={"v1": "10", "v2": "ohita", "v28": "0"})

    assert box_of(invitee).answers == [bytes([10, *[255] * 26, 0])]


@pytest.mark.parametrize(
    ("language", "words"),
    [("fi", "Kiitos, vastauksesi on tallennettu"), ("en", "Thank you, your answer is saved")],
)
def test_the_address_chooses_the_language(invitee, language, words):
    opened = Client().get(path_of(invitee.unit_id, language), headers={"Accept-Language": "sv"})
    sent = send(invitee, language=language)

    assert opened["Content-Language"] == language
    assert f'<html lang="{language}"' in opened.content.decode()
    assert words in text_of(sent)


def test_the_second_time_tells_that_the_first_answer_stands(invitee):
    send(invitee)

    again = send(invitee, values={"v1": "3"})

    assert again.status_code == 200
    assert "Tällä koodilla on jo vastattu" in text_of(again)
    assert len(box_of(invitee).answers) == 1


@pytest.mark.parametrize("code", ["ABCD-EFGH-JKMN-PQRS", "abc", "ÄÖ", "x" * 5000])
def test_a_wrong_code_loses_nothing(invitee, code):
    response = send(invitee, code=code, values={"v1": "7", "v20": "ohita"})

    page = response.content.decode()
    assert response.status_code == 403
    assert "<title>Virhe:" in page
    assert page.index('id="error-summary"') < page.index("<h1>")
    assert 'name="v1" value="7" checked' in page
    assert 'name="v20" value="ohita" checked' in page
    assert page.count(" checked") == 2
    assert code[:80] in page
    assert not box_of(invitee).answers


def test_a_code_of_another_unit_is_not_recognised(round):
    first, second = (unit.invitees.first() for unit in round.units.filter(kind="team"))

    response = send(first, code=code_of(second))

    assert response.status_code == 403


def test_a_code_may_be_typed_in_any_way(invitee):
    response = send(invitee, code=f" {code_of(invitee).lower().replace('-', ' ').replace('0', 'o')} ")

    assert response.status_code == 200


def test_a_missing_code_is_no_try_at_guessing(invitee):
    response = send(invitee, code="  ")

    assert response.status_code == 422
    assert "Koodi puuttuu" in text_of(response)
    assert answering.tries.get(str(invitee.unit_id)) is None


def test_enter_in_a_field_sends_nothing(invitee):
    response = send(invitee, values={**VALUES, "kesken": "1"})

    assert response.status_code == 422
    assert "Vastauksia ei ole vielä lähetetty" in text_of(response)
    assert response.content.decode().count(" checked") == 28
    assert code_of(invitee) in response.content.decode()
    assert not box_of(invitee).answers


def test_a_blank_answer_is_not_taken(invitee):
    response = send(invitee, values={"v3": "ohita"})

    assert response.status_code == 422
    assert "Et ole vielä valinnut mitään" in text_of(response)
    assert code_of(invitee) in response.content.decode()
    assert send(invitee).status_code == 200


@pytest.mark.parametrize("code", ["ABCD-EFGH-JKMN-PQRS", "abc"])
def test_after_too_many_wrong_codes_whoever_sends_another_is_told_so(invitee, code):
    answering.tries.set(str(invitee.unit_id), answering.MOST_TRIES - 1, 60)

    last, response = send(invitee, code=code), send(invitee, code=code)

    assert last.status_code == 403
    assert response.status_code == 429
    assert response["Retry-After"]
    assert "Liian monta väärää koodia" in text_of(response)
    assert response.content.decode().count(" checked") == 28
    assert not box_of(invitee).answers


def test_however_many_wrong_codes_there_were_a_right_one_is_taken(invitee):
    answering.tries.set(str(invitee.unit_id), answering.MOST_TRIES, 60)

    assert send(invitee).status_code == 200
    assert len(box_of(invitee).answers) == 1
    assert "Tällä koodilla on jo vastattu" in text_of(send(invitee))
    assert answering.tries.get(str(invitee.unit_id)) == answering.MOST_TRIES


def test_before_the_round_opens():
    unit = unit_of(RoundFactory(scheduled=True), TeamFactory())

    opened = Client().get(path_of(unit.pk))
    sent = Client().post(path_of(unit.pk), {"koodi": "x", **VALUES})

    assert opened.status_code == 200
    assert sent.status_code == 409
    assert "Kierros ei ole vielä auki" in text_of(opened)
    assert "Nyt lähettämääsi ei tallennettu" in text_of(sent)


@pytest.mark.parametrize("how", ["by its time", "by the sweep"])
def test_after_the_round_has_closed(invitee, how):
    now = timezone.now()
    if how == "by its time":
        Round.objects.update(closes_at=now - timedelta(minutes=1))
    else:
        Round.objects.update(closed_at=now)

    opened, sent = Client().get(path_of(invitee.unit_id)), send(invitee)

    assert opened.status_code == 200
    assert sent.status_code == 410
    for response in (opened, sent):
        assert "Kierros on sulkeutunut" in text_of(response)
    assert "Nyt lähettämääsi ei tallennettu" in text_of(sent)
    assert not box_of(invitee).answers


def test_a_round_that_was_called_off(invitee):
    Round.objects.update(called_off_at=timezone.now())

    assert "Kierros on peruttu" in text_of(send(invitee))


def test_an_unknown_address_has_a_page_of_its_own():
    for path in (path_of(uuid.uuid4()), "/ilmapuntari/vastaa/keksitty/", "/en/ilmapuntari/vastaa/"):
        response = Client().get(path)

        assert response.status_code == 404
        assert "answer-header" in response.content.decode()
    assert Client().post(path_of(uuid.uuid4()), VALUES).status_code == 404


def test_an_address_typed_from_paper_is_found(invitee):
    path = path_of(invitee.unit_id)

    for typed in (path[:-1], path.replace(str(invitee.unit_id), str(invitee.unit_id).upper())):
        response = Client().get(typed)

        assert response.status_code == 301
        assert response["Location"] == path


def test_another_language_is_a_link_of_the_same_page(invitee):
    response = Client().get(path_of(invitee.unit_id), {"kieli": "sv"})

    assert response.status_code == 302
    assert response["Location"] == path_of(invitee.unit_id, "sv")
    assert not response.cookies


# When something breaks ------------------------------------------------------------------------------------------------


def test_without_a_key_nothing_is_thanked_for(invitee, caplog):
    keys.box.destroy(invitee.round.token)

    response = send(invitee)

    assert response.status_code == 503
    assert "Vastaustasi ei tallennettu" in text_of(response)
    assert_carries_everything(response, invitee)
    assert "answering_without_key" in caplog.text


def test_without_a_database_the_page_carries_the_answers(invitee, monkeypatch, caplog):
    code = code_of(invitee)
    monkeypatch.setattr(answering, "unit_for_answering", failing(OperationalError(f"gone {code}")))

    response = send(invitee, code=code)

    assert response.status_code == 503
    assert response["Retry-After"]
    assert "Lähetä hetken kuluttua uudelleen" in text_of(response)
    assert_carries_everything(response, invitee)
    assert code not in caplog.text
    monkeypatch.undo()
    assert send_again(response, invitee).status_code == 200
    assert len(box_of(invitee).answers) == 1


def test_without_a_database_the_page_says_so(invitee, monkeypatch):
    monkeypatch.setattr(answering, "unit_for_answering", failing(OperationalError()))

    response = Client().get(path_of(invitee.unit_id))

    assert response.status_code == 503
    assert "Sivu ei juuri nyt aukea" in text_of(response)


def test_an_error_logs_where_it_was_and_nothing_of_what_was_sent(invitee, monkeypatch, caplog):
    code = code_of(invitee)
    monkeypatch.setattr(answering, "save", failing(RuntimeError(f"{code} {list(VALUES.values())}")))

    with caplog.at_level(logging.DEBUG):
        response = send(invitee, code=code)

    assert response.status_code == 500
    assert_carries_everything(response, invitee)
    told = [record for record in caplog.records if record.getMessage() == "answering_failed"]
    assert [(record.error, "answering.py" in record.where) for record in told] == [("RuntimeError", True)]
    said = " ".join(f"{record.getMessage()} {vars(record)}" for record in caplog.records)
    assert code not in said
    assert str(invitee.unit_id) not in said
    assert "'v1'" not in said


def failing(error):
    def fail(*args):
        raise error

    return fail


def hidden_fields(response):
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', response.content.decode()))


def assert_carries_everything(response, invitee):
    assert hidden_fields(response) == {"koodi": code_of(invitee), **VALUES}


def send_again(response, invitee):
    return Client().post(path_of(invitee.unit_id), hidden_fields(response))


# Who is sending -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://testserver"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Origin": "http://testserver"}, 200),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example.org"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://evil.example.org"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_only_our_own_form_is_taken(invitee, headers, status):
    response = send(invitee, **headers)

    assert response.status_code == status
    assert len(box_of(invitee).answers) == (status == 200)
    assert ("toiselta sivustolta" in text_of(response)) == (status == 403)


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace"])
def test_it_is_opened_and_sent_and_nothing_else(invitee, method):
    response = getattr(Client(), method)(path_of(invitee.unit_id))

    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD, POST"


def test_what_the_form_cannot_send_is_refused(invitee):
    assert send(invitee, values={"v1": "11"}).status_code == 400
    assert send(invitee, values={"v1": "x" * 20_000}).status_code == 413
    assert not box_of(invitee).answers


def test_a_host_that_is_not_ours_is_refused(invitee):
    assert Client().get(path_of(invitee.unit_id), headers={"Host": "evil.example.org"}).status_code == 400


# What is kept on the way ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["get", "post"])
def test_no_session_is_read_and_no_cookie_set(invitee, method, as_staff, django_assert_max_num_queries):
    sessionid = as_staff.cookies["sessionid"].value
    as_staff.cookies["django_language"] = "en"
    answering.statement_count(invitee.round.instrument_id)
    as_staff.get(path_of(invitee.unit_id))

    with django_assert_max_num_queries(5) as queries:
        response = send(invitee, client=as_staff) if method == "post" else as_staff.get(path_of(invitee.unit_id))

    assert response.status_code == 200
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")
    assert response["Content-Language"] == "fi"
    assert not any(sessionid in query["sql"] or "django_session" in query["sql"] for query in queries)


def test_headers_hold_as_on_every_page(invitee):
    opened, sent = Client().get(path_of(invitee.unit_id)), send(invitee)

    for response in (opened, sent):
        assert "script-src 'self'" in response["Content-Security-Policy"]
        assert response["X-Frame-Options"] == "DENY"
        assert response["Referrer-Policy"] == "same-origin"
    assert opened["Cache-Control"] == "no-cache, private"
    assert sent["Cache-Control"] == "no-store"


def test_in_earnest_the_way_is_encrypted(invitee, settings):
    settings.SECURE_SSL_REDIRECT = True

    response = Client().get(path_of(invitee.unit_id))

    assert response.status_code == 301
    assert response["Location"].startswith("https://")


def test_every_reply_is_unstored_and_unlogged(invitee, caplog):
    with caplog.at_level(logging.DEBUG):
        replies = [send(invitee, code="x"), send(invitee, values={}), send(invitee), send(invitee)]
        replies.append(Client().get(path_of(uuid.uuid4())))

    assert {reply["Cache-Control"] for reply in replies} == {"no-store"}
    said = " ".join(str(vars(record)) for record in caplog.records if record.name != "django.db.backends")
    assert "vastaa" not in said
    assert code_of(invitee) not in said


# Drawn once -----------------------------------------------------------------------------------------------------------


def test_the_page_is_the_same_for_everybody_of_the_round(round):
    first, second = round.units.filter(kind="team")

    pages = [Client().get(path_of(unit.pk)).content for unit in (first, second)]

    assert pages[0] == pages[1]
    assert first.name.encode() not in pages[0]
    assert str(first.pk).encode() not in pages[0]
    assert b"csrf" not in pages[0].lower()


def test_opening_asks_one_question_and_sending_few(invitee, django_assert_num_queries):
    path = path_of(invitee.unit_id)
    Client().get(path)
    answering.statement_count(invitee.round.instrument_id)

    with django_assert_num_queries(1):
        Client().get(path)
    # The unit; then a savepoint, the locked box, one write and the end of the savepoint.
    with django_assert_num_queries(5) as queries:
        send(invitee)
    written = [query["sql"] for query in queries if query["sql"].strip().startswith(("INSERT", "UPDATE", "DELETE"))]
    assert len(written) == 1
    assert "ilmapuntari_sealedbox" in written[0]


def test_another_time_draws_another_page(invitee):
    before = Client().get(path_of(invitee.unit_id)).content

    Round.objects.update(
        closes_at=timezone.now() + timedelta(days=20), publishes_at=timezone.now() + timedelta(days=30)
    )

    assert Client().get(path_of(invitee.unit_id)).content != before


def test_the_page_is_compressed_for_whoever_takes_it(invitee):
    path = path_of(invitee.unit_id)

    plain, packed, head = (
        Client().get(path),
        Client().get(path, headers={"Accept-Encoding": "br, gzip"}),
        Client().head(path),
    )

    assert gzip.decompress(packed.content) == plain.content
    assert packed["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain
    assert plain["Vary"] == packed["Vary"] == "Accept-Encoding"
    assert head.content == b""
    assert head["Content-Length"] == str(len(plain.content))


# The form -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_every_statement_is_a_group_of_twelve_radio_buttons(invitee, language):
    page = Client().get(path_of(invitee.unit_id, language)).content.decode()
    texts = [getattr(statement, f"text_{language}") for statement in invitee.round.instrument.statements]

    assert page.count("<fieldset") == page.count("<legend>") == 28
    assert page.count('type="radio"') == 28 * 12
    for number, text in enumerate(texts, 1):
        assert page.count(f'name="v{number}"') == 12
        assert f'<span class="statement-number">{number}</span> {text}</legend>'.replace("'", "&#x27;") in page


def test_the_last_day_is_told_without_an_hour_only_when_the_day_is_whole(round):
    midnight = timezone.localtime(round.closes_at).replace(hour=0, minute=0, second=0, microsecond=0)
    Round.objects.update(closes_at=midnight)
    round.refresh_from_db()
    whole = answer_page.Facts.of(round)
    Round.objects.update(closes_at=midnight - timedelta(hours=8))
    round.refresh_from_db()
    part = answer_page.Facts.of(round)

    assert not whole.closes_during_day
    assert whole.last_day == midnight.date() - timedelta(days=1)
    assert part.closes_during_day


def test_a_draft_is_seen_as_it_would_be_answered(django_assert_num_queries):
    instrument = type(load_first()).objects.with_statements().get()

    with django_assert_num_queries(0):
        page = answer_page.preview(instrument)

    assert page.count("<fieldset") == 28
    assert 'class="button send"' not in page
    assert 'name="koodi"' not in page
