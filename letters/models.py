"""One row a letter: what is written to one person once, and when it went."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from letters import fillings


def new_message_id():
    """Settled before the first attempt, so that a letter sent twice is recognised as one."""
    domain = settings.DEFAULT_FROM_EMAIL.rsplit("@", 1)[-1].rstrip(">")
    return f"<{uuid.uuid4()}@{domain}>"


class LetterQuerySet(models.QuerySet):
    def waiting(self):
        """Not sent, not called off and not given up."""
        return self.filter(sent_at=None, called_off_at=None, given_up_at=None)

    def due(self):
        """Waiting, and its time has come; those tried least first, so that one bad address holds up nobody."""
        return self.waiting().filter(due_at__lte=timezone.now()).order_by("attempts", "due_at", "pk")

    def about(self, subject_key):
        """Every letter about one thing, for example `meeting:12`."""
        return self.filter(about=subject_key)

    def call_off(self):
        """Waiting letters will not be sent, and secret ones lose their words. What has gone has gone."""
        waiting = self.waiting()
        if not settings.DEMONSTRATION:
            waiting.filter(is_secret=True).update(text="", calendar="", calendar_method="")
        return waiting.update(called_off_at=timezone.now())

    def write_all(self, letters):
        """Store the letters; one whose key is stored already stays as it was. Returns how many are new."""
        keys = {letter.key for letter in letters}
        before = self.filter(key__in=keys).count()
        self.bulk_create(letters, ignore_conflicts=True, batch_size=500)
        return len(keys) - before

    def forgettable(self):
        """Done with for so long that nobody needs the words any more."""
        done = Q(sent_at__lt=timezone.now() - Letter.KEPT) | Q(called_off_at__lt=timezone.now() - Letter.KEPT)
        return self.filter(done | Q(given_up_at__lt=timezone.now() - Letter.KEPT))


class Letter(models.Model):
    """A letter to one person. Its words are settled when it is written, so a repeat is the same letter to the byte."""

    KEPT = timedelta(days=90)  # our own rule: long enough to answer "did I get an invitation?"
    MOST_ATTEMPTS = 8
    # Minutes until the next attempt, by the number of attempts made; the last one repeats.
    PATIENCE = [1, 2, 5, 15, 60, 180, 360]

    key = models.CharField(
        _("key"), max_length=200, unique=True, help_text=_("What the letter is for; the same thing is written once.")
    )
    about = models.CharField(_("about"), max_length=100, blank=True, db_index=True)
    to_name = models.CharField(_("recipient"), max_length=200, blank=True)
    to_email = models.EmailField(_("e-mail"))
    reply_to = models.EmailField(_("reply to"), blank=True)
    subject = models.CharField(_("subject"), max_length=250)
    text = models.TextField(_("text"))
    calendar = models.TextField(_("calendar entry"), blank=True, help_text=_("iCalendar text, sent with the letter."))
    calendar_method = models.CharField(_("calendar method"), max_length=10, blank=True)
    is_secret = models.BooleanField(
        _("holds a code"), default=False, help_text=_("The text is wiped once the letter has gone.")
    )
    fill = models.CharField(
        _("filled in by"),
        max_length=60,
        blank=True,
        help_text=_("What is known only while sending; see letters.fillings."),
    )
    fill_with = models.CharField(_("filled in with"), max_length=100, blank=True)
    message_id = models.CharField(_("Message-ID"), max_length=250, unique=True, default=new_message_id)
    written_at = models.DateTimeField(_("written"), default=timezone.now)
    due_at = models.DateTimeField(_("due"), default=timezone.now)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    called_off_at = models.DateTimeField(_("called off"), null=True, blank=True)
    given_up_at = models.DateTimeField(_("given up"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    trouble = models.CharField(_("trouble"), max_length=200, blank=True)

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("letter")
        indexes = [
            models.Index(
                fields=["attempts", "due_at"],
                name="letter_waiting",
                condition=Q(sent_at=None, called_off_at=None, given_up_at=None),
            ),
            models.Index(fields=["to_email"], name="letter_to_email"),
        ]
        constraints = [
            models.CheckConstraint(
                name="letter_calendar_with_method",
                condition=Q(calendar="", calendar_method="") | ~Q(calendar="") & ~Q(calendar_method=""),
            )
        ]

    def __str__(self):
        return f"{self.subject} → {self.to_email}"

    @property
    def is_waiting(self):
        return self.sent_at is None and self.called_off_at is None and self.given_up_at is None

    @property
    def recipient(self):
        """The address with the name before it; nothing in a name can end it and begin another header or address."""
        name = " ".join(self.to_name.replace('"', "").replace("\\", "").split())
        return f'"{name}" <{self.to_email}>' if name else self.to_email

    def message(self):
        """The e-mail as it goes out: plain text, and the calendar entry as an alternative that mail programs act on."""
        filling = fillings.of(self)
        message = EmailMultiAlternatives(
            subject=" ".join(self.subject.split()),
            body=filling.fill(self.text),
            to=[self.recipient],
            reply_to=[self.reply_to] if self.reply_to else None,
            headers={"Message-ID": self.message_id, "Auto-Submitted": "auto-generated"},
        )
        if self.calendar:
            # As an alternative it is acted upon by mail programs, as a file it can be opened by hand.
            message.attach_alternative(self.calendar, f"text/calendar; method={self.calendar_method}")
            message.attach("kokous.ics", self.calendar.encode(), "application/ics")
        for attachment in filling.attachments:
            message.attach(*attachment)
        return message

    def mark_sent(self):
        """The letter has gone; a secret one loses its words, except where the demonstration shows letters."""
        self.sent_at = timezone.now()
        self.trouble = ""
        self.keep_secret()
        self.save(update_fields=["sent_at", "trouble", "text", "calendar", "calendar_method"])

    def keep_secret(self):
        """A letter with a code or a link of one's own loses its words once nobody will send them any more.

        The demonstration shows them.
        """
        if self.is_secret and not settings.DEMONSTRATION:
            self.text = self.calendar = self.calendar_method = ""

    def mark_failed(self, trouble):
        """The mail server did not take it: try later, a few times, then leave it to a person."""
        self.attempts += 1
        self.trouble = trouble[:200]
        if self.attempts >= self.MOST_ATTEMPTS:
            self.given_up_at = timezone.now()
            self.keep_secret()
        wait = self.PATIENCE[min(self.attempts, len(self.PATIENCE)) - 1]
        self.due_at = timezone.now() + timedelta(minutes=wait)
        self.save(update_fields=["attempts", "trouble", "given_up_at", "due_at", "text", "calendar", "calendar_method"])

    def wait_for_server(self, trouble):
        """No mail server answered, which is not this letter's fault: it waits without using up an attempt."""
        self.trouble = trouble[:200]
        self.due_at = timezone.now() + timedelta(minutes=1)
        self.save(update_fields=["trouble", "due_at"])
