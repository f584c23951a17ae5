"""What happens by itself: addresses asked and told, dates reminded of; twice, at once, or stopped at any moment."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connections
from django.utils import timezone

from letters.models import Letter
from projects import tasks
from projects.models import Deadline, Link, Project
from tests.conftest import signed_in
from tests.directory.factories import PersonFactory
from tests.projects.factories import (
    DeadlineFactory,
    LinkFactory,
    OutputFactory,
    ProjectFactory,
    ReportFactory,
)
from tests.projects.web_servers import local_policy, reply, web_server
from tests.stopping import after_a_stop_at_every_statement


@pytest.fixture
def owner(db):
    return PersonFactory(given_name="Aava", family_name="Vastaava", email="vastaava@example.org")


# Rows follow from the records ---------------------------------------------------------------------------------------


def test_each_address_of_a_project_has_a_row(db):
    project = ProjectFactory(
        website="https://a.example.org/", background='<p><a href="https://b.example.org/?x=1&amp;y=2">b</a></p>'
    )
    OutputFactory(project=project, url="https://c.example.org/")
    OutputFactory(project=project, url="https://c.example.org/")
    ReportFactory(
        project=project, text='<p><a href="https://d.example.org/">d</a> <a href="mailto:x@example.org">x</a></p>'
    )

    Link.objects.renew(project)

    assert set(project.links.values_list("url", flat=True)) == {
        "https://a.example.org/", "https://b.example.org/?x=1&y=2", "https://c.example.org/", "https://d.example.org/",
    }  # fmt: skip


def test_what_is_known_of_an_address_stays_and_what_is_gone_goes(db):
    project = ProjectFactory(website="https://a.example.org/")
    LinkFactory(project=project, url="https://a.example.org/", failures=1)
    LinkFactory(project=project, url="https://vanha.example.org/")

    Link.objects.renew(project)
    Link.objects.renew(project)

    assert list(project.links.values_list("url", "failures")) == [("https://a.example.org/", 1)]


def test_an_address_is_due_each_week_and_the_day_after_it_failed(db):
    now = timezone.now()
    LinkFactory(url="https://uusi.example.org/")
    LinkFactory(url="https://viikko.example.org/", checked_at=now - timedelta(days=7))
    LinkFactory(url="https://eilen.example.org/", checked_at=now - timedelta(days=1))
    LinkFactory(url="https://kerran.example.org/", checked_at=now - timedelta(days=1), failures=1)
    LinkFactory(url="https://kuollut.example.org/", checked_at=now - timedelta(days=1), failures=2)

    due = {link.host.partition(".")[0] for link in Link.objects.due(now)}

    assert due == {"uusi", "viikko", "kerran"}


def test_two_failures_in_a_row_make_a_link_dead_and_one_answer_makes_it_alive(db):
    link = LinkFactory()
    link.record(Link.Trouble.NOT_FOUND)
    after_one = link.is_dead
    link.record(Link.Trouble.NOT_FOUND)
    after_two, since = link.is_dead, link.failing_since
    link.record("")

    assert (after_one, after_two, link.is_dead) == (False, True, False)
    assert since is not None
    assert (link.failures, link.failing_since, link.trouble) == (0, None, "")


# Asking what is due -------------------------------------------------------------------------------------------------


@pytest.fixture
def gone():
    """A server whose every page is gone; gives its policy and what it was asked."""
    with web_server(reply(404)) as (port, asked):
        yield port, local_policy(port), asked


def test_each_due_address_is_asked_once_in_a_run_and_saved_as_it_comes(db, gone):
    port, policy, asked = gone
    LinkFactory(url=f"http://localhost:{port}/a")
    LinkFactory(url=f"http://127.0.0.1:{port}/b")

    first = tasks.ask_due_links(policy)
    second = tasks.ask_due_links(policy)

    assert (first, second) == (2, 0)
    assert len(asked) == 2
    assert set(Link.objects.values_list("trouble", "failures")) == {("not_found", 1)}


def test_one_server_is_asked_once_in_a_run_and_its_other_pages_in_the_next(db, gone):
    port, policy, asked = gone
    for page in "abc":
        LinkFactory(url=f"http://localhost:{port}/{page}")

    runs = [tasks.ask_due_links(policy) for _ in range(4)]

    assert runs == [1, 1, 1, 0]
    assert len(asked) == 3


def test_a_run_ends_when_its_time_is_over(db, gone):
    port, policy, asked = gone
    LinkFactory(url=f"http://localhost:{port}/a")

    assert tasks.ask_due_links(policy, seconds=0) == 0
    assert asked == []


def test_patience_that_is_asked_for_is_no_failure(db):
    with web_server(reply(429)) as (port, _asked):
        link = LinkFactory(url=f"http://localhost:{port}/", failures=1)
        tasks.ask_due_links(local_policy(port))

    link.refresh_from_db()
    assert (link.failures, link.checked_at is not None) == (1, True)


def test_nobody_elses_server_is_asked_where_that_is_switched_off(db, settings, gone):
    port, _policy, asked = gone
    settings.CHECK_LINKS = False
    LinkFactory(url=f"http://localhost:{port}/")

    tasks.check_links()

    assert asked == []


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_ask_each_address_once(gone):
    port, policy, asked = gone
    hosts = ["localhost", *(f"127.0.0.{number}" for number in range(1, 6))]
    for host in hosts:
        LinkFactory(url=f"http://{host}:{port}/")
    policy = local_policy(port, allows=lambda ip: True, resolve=lambda host, port: ["127.0.0.1"])

    def run():
        tasks.ask_due_links(policy)
        connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(headers["Host"] for _path, headers in asked) == sorted(f"{host}:{port}" for host in hosts)
    assert set(Link.objects.values_list("failures", flat=True)) == {1}


@pytest.mark.django_db(transaction=True)
def test_asking_ends_alike_wherever_it_was_stopped(gone):
    port, policy, _asked = gone

    def make():
        Project.objects.all().delete()
        LinkFactory(url=f"http://localhost:{port}/a")

    states = after_a_stop_at_every_statement(
        make, lambda: tasks.ask_due_links(policy), lambda: tuple(Link.objects.values_list("failures", "trouble"))
    )

    assert states == {((1, "not_found"),)}


# Telling ------------------------------------------------------------------------------------------------------------


def dead(project, url, **fields):
    return LinkFactory(
        project=project, url=url, failures=2, trouble="not_found", failing_since=timezone.now(), **fields
    )


def test_the_one_who_answers_gets_one_letter_with_all_dead_addresses(owner):
    project = ProjectFactory(name="Hanke", coordinator=owner)
    dead(project, "https://a.example.org/")
    dead(project, "https://b.example.org/")

    tasks.tell_of_dead_links()
    tasks.tell_of_dead_links()

    letter = Letter.objects.get()
    assert letter.to_email == owner.email
    assert letter.subject == "2 osoitetta ei vastaa: Hanke"
    assert "https://a.example.org/" in letter.text
    assert "sivua ei enää ole" in letter.text
    assert f"{project.get_absolute_url()}#tuotokset" in letter.text


def test_what_dies_later_is_told_in_the_next_week(owner):
    project = ProjectFactory(coordinator=owner)
    with time_machine.travel("2026-11-23 09:00 +0200", tick=False):
        dead(project, "https://a.example.org/")
        tasks.tell_of_dead_links()
        dead(project, "https://b.example.org/")
        tasks.tell_of_dead_links()
        within_the_week = Letter.objects.count()
    with time_machine.travel("2026-11-30 09:00 +0200", tick=False):
        tasks.tell_of_dead_links()

    assert within_the_week == 1
    assert "https://b.example.org/" in Letter.objects.latest("pk").text
    assert "https://a.example.org/" not in Letter.objects.latest("pk").text


def test_where_nobody_answers_nobody_is_written_to_and_it_waits(owner):
    project = ProjectFactory()
    dead(project, "https://a.example.org/")
    tasks.tell_of_dead_links()
    nobody = Letter.objects.count()

    Project.objects.update(coordinator=owner)
    tasks.tell_of_dead_links()

    assert nobody == 0
    assert Letter.objects.count() == 1


def test_staff_ask_the_addresses_of_one_project_again(staff):
    project = ProjectFactory(website="https://a.example.org/")
    dead(project, "https://a.example.org/", checked_at=timezone.now())

    signed_in(staff).post(f"{project.get_absolute_url()}linkit/tarkista/")

    assert Link.objects.due().count() == 1


# Reminders ----------------------------------------------------------------------------------------------------------


def reminded(owner, days, **fields):
    project = fields.pop("project", None) or ProjectFactory(name="Hanke", coordinator=owner)
    DeadlineFactory(project=project, title="väliraportti", on=timezone.localdate() + timedelta(days=days), **fields)
    tasks.remind_deadlines()
    return list(Letter.objects.values_list("subject", flat=True))


@pytest.mark.parametrize(
    ("days", "beginning"), [(14, "Lähestyy: Hanke, väliraportti"), (1, "Lähestyy"), (0, "Lähestyy"), (-1, "Myöhässä")]
)
def test_a_date_is_reminded_of_in_its_time(days, beginning, owner):
    (subject,) = reminded(owner, days)

    assert subject.startswith(beginning)


@pytest.mark.parametrize("days", [15, -8])
def test_neither_too_early_nor_long_after(days, owner):
    assert reminded(owner, days) == []


def test_what_is_done_or_over_is_not_reminded_of(owner):
    assert reminded(owner, 3, done_on=timezone.localdate()) == []
    assert reminded(owner, 3, project=ProjectFactory(coordinator=owner, status="ended")) == []


def test_each_reminder_is_written_once_and_a_moved_date_anew(owner):
    reminded(owner, 10)
    tasks.remind_deadlines()
    once = Letter.objects.count()

    Deadline.objects.update(on=timezone.localdate() + timedelta(days=12))
    tasks.remind_deadlines()

    assert (once, Letter.objects.count()) == (1, 2)


def test_from_ahead_to_late_there_are_three_letters(owner):
    with time_machine.travel("2026-11-01 09:00 +0200", tick=False) as clock:
        reminded(owner, 14)
        for _ in range(20):
            clock.shift(timedelta(days=1))
            tasks.remind_deadlines()

    assert Letter.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_reminding_ends_alike_wherever_it_was_stopped():
    def make():
        Project.objects.all().delete()
        Letter.objects.all().delete()
        person = PersonFactory()
        project = ProjectFactory(coordinator=person)
        DeadlineFactory(project=project, title="eka")
        DeadlineFactory(project=project, title="toka")

    states = after_a_stop_at_every_statement(make, tasks.remind_deadlines, Letter.objects.count)

    assert states == {2}
