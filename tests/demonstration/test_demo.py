"""What the demonstration promises: the facts, a present that lives, the same outcome however often it is made."""

import runpy
from datetime import date

import pytest
import time_machine
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import User
from demonstration.fact_files import facts
from demonstration.sign_ins import SIGN_INS
from directory.models import Municipality, Organisation, Person
from letters.models import Letter
from networks.models import Attendance, Meeting, Membership, Network, Phase
from pikassos.embedded import supervisor
from website.statistics import year_in_figures

pytestmark = pytest.mark.django_db
RECORDS = [User, Person, Organisation, Network, Phase, Membership, Meeting, Attendance, Letter, Municipality]


@pytest.fixture
def demo(settings):
    settings.DEMONSTRATION = True

    def make():
        call_command("demo", verbosity=0)
        return {model.__name__: model.objects.count() for model in RECORDS}

    return make


def test_a_second_run_on_the_same_day_changes_nothing(demo):
    first = demo()

    assert demo() == first


def test_a_run_a_month_later_moves_the_present_along_and_keeps_the_past(demo):
    with time_machine.travel("2026-11-23 08:00 +0200"):
        first = demo()
        history = Meeting.objects.filter(starts_at__year__lt=2024).count()

    with time_machine.travel("2026-12-28 08:00 +0200"):
        later = demo()

        assert later["Meeting"] > first["Meeting"]
        assert later["Network"] == first["Network"]
        assert later["Person"] == first["Person"]
        assert Meeting.objects.filter(starts_at__year__lt=2024).count() == history
        assert Meeting.objects.upcoming().count() > 5


def test_the_meetings_of_the_annual_report_are_there_by_year(demo):
    demo()

    for item in facts("networks"):
        network = Network.objects.get(slug=item["slug"])
        for year, count in (item.get("meetings_by_year") or {}).items():
            assert network.meetings.in_year(year).count() == count, item["name"]
    assert Meeting.objects.in_year(2022).count() == 62
    assert year_in_figures()["meetings"] == 62


def test_statuses_and_roles_are_those_of_the_facts(demo):
    demo()
    networks = {network.name: network for network in Network.objects.with_status()}

    assert networks["Kanta-Hämeen sosiaalijohdon foorumi"].status == Network.Status.ENDED
    assert networks["Satakunnan vammaispalveluiden johtavien verkosto"].status == Network.Status.PAUSED
    assert Network.objects.filter(kind=Network.Kind.STEERING_GROUP, convened_by_us=False).count() >= 20
    assert all(network.published_at and network.summary and network.purpose for network in networks.values())


def test_the_present_lives_on_the_day_it_is_made(demo):
    demo()
    today = timezone.localdate()

    assert Meeting.objects.upcoming().count() >= 8
    assert Meeting.objects.without_summary().exists()
    assert Meeting.objects.held().filter(starts_at__date__gt=date(2024, 1, 1), summary__gt="").exists()
    assert Membership.objects.filter(starts_on__gte=today.replace(day=1)).exists() or today.day < 4
    assert Letter.objects.exclude(calendar="").exists()


def test_everybody_of_the_list_can_sign_in_and_lives_at_example_org(demo):
    demo()

    for email, _role in SIGN_INS:
        user = User.objects.get(email=email)
        assert user.check_password("pikassos-demo"), email
        assert user.name != email
        if user.needs_second_factor:
            assert user.authenticator_set.filter(type="totp").exists(), email
    assert not Person.objects.exclude(email="").exclude(email__endswith="@example.org").exists()


def test_the_supervisor_prints_the_same_sign_ins():
    assert {row[0] for row in supervisor.SIGN_INS} == {email for email, _role in SIGN_INS}


def test_multiplying_makes_so_many_times_as_many(settings):
    settings.DEMONSTRATION = True

    call_command("demo", scale=2, verbosity=0)

    assert Network.objects.count() == 2 * len(facts("networks"))
    assert Network.objects.get(slug__startswith="kriisityon", slug__endswith="--2").meetings.exists()


def test_it_is_refused_outside_demonstration_mode():
    with pytest.raises(CommandError, match="DEMONSTRATION"):
        call_command("demo")

    assert not Network.objects.exists()


def test_production_settings_refuse_the_demonstration(monkeypatch):
    monkeypatch.setenv("DEMONSTRATION", "1")
    monkeypatch.setenv("LOOSE", "0")

    with pytest.raises(ImproperlyConfigured, match="make run"):
        runpy.run_path("pikassos/settings.py")


@pytest.mark.urls("tests.demonstration.urls")
def test_the_outbox_shows_each_letter_as_its_reader_gets_it(client):
    letter = Letter.objects.create(
        key="k", to_name="Aino Keksitty", to_email="aino@example.org", subject="Kutsu", text="Tervetuloa!",
        calendar="BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", calendar_method="REQUEST",
    )  # fmt: skip

    listed = client.get("/esittely/kirjeet/")
    shown = client.get(f"/esittely/kirjeet/{letter.pk}/")
    entry = client.get(f"/esittely/kirjeet/{letter.pk}/kalenteri.ics")

    assert "Kutsu" in listed.content.decode()
    assert "Tervetuloa!" in shown.content.decode()
    assert entry["Content-Type"].startswith("text/calendar; method=REQUEST")
    assert "Aino" not in client.get("/esittely/kirjeet/?kenelle=toinen").content.decode().split("<main", 1)[1]
