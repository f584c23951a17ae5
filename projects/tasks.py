"""Celery's doors to projects. What is due is asked of the database, so a lost message loses nothing."""

import time

from celery import shared_task
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from letters.models import Letter
from letters.tasks import send_letters
from pikassos.celery import nudge
from projects import mail
from projects.link_checking import ask
from projects.models import Deadline, Link, Project

SECONDS_A_TASK = 15  # so that the other tasks of the queue get their turn
LINKS_A_TASK = 60


@shared_task(acks_late=True, reject_on_worker_lost=True)
def check_links():
    """Ask the addresses that are due, one a transaction; then tell of those that are dead."""
    if settings.CHECK_LINKS:
        ask_due_links()
        tell_of_dead_links()


@shared_task
def renew_links():
    """Rows for exactly the addresses to which the projects point today."""
    for project in Project.objects.iterator(chunk_size=100):
        Link.objects.renew(project)


def ask_due_links(policy=None, *, seconds=SECONDS_A_TASK, most=LINKS_A_TASK):
    """Ask what is due until the time is over. Returns how many were asked.

    A link is locked while it is asked and saved in the same transaction: killed in between, it is simply due again.
    Two that run at once take different ones. A server is asked once a run at most: its other pages have their turn.
    """
    until = time.monotonic() + seconds
    asked, hosts = 0, set()
    passed_over = set()
    while asked < most and time.monotonic() < until:
        with transaction.atomic():
            due = Link.objects.due().exclude(pk__in=passed_over).select_for_update(of=("self",), skip_locked=True)
            link = due.order_by("checked_at", "pk").first()
            if link is None:
                return asked
            if link.host in hosts:
                passed_over.add(link.pk)
                continue
            hosts.add(link.host)
            answer = ask(link.url, policy)
            if answer.is_undecided:
                link.postpone()
            else:
                link.record(answer.trouble)
            asked += 1
    return asked


def tell_of_dead_links():
    """One letter a project and week to the one who answers for it, about what has died since the last letter."""
    told = 0
    for project in Project.objects.filter(pk__in=Link.objects.untold().values("project")).select_related("coordinator"):
        if project.coordinator is None or not project.coordinator.email:
            continue  # the desk tells
        with transaction.atomic():
            links = list(Link.objects.untold().filter(project=project).select_for_update().order_by("url"))
            if links and Letter.objects.write_all([mail.dead_links(project, links, day=timezone.localdate())]):
                Link.objects.filter(pk__in=[link.pk for link in links]).update(told_at=timezone.now())
                told += 1
    if told:
        nudge(send_letters)


@shared_task(acks_late=True, reject_on_worker_lost=True)
def remind_deadlines():
    """Write the reminders that are due today, each once."""
    today = timezone.localdate()
    if Letter.objects.write_all([mail.reminder(deadline, day=today) for deadline in Deadline.objects.to_remind(today)]):
        nudge(send_letters)
