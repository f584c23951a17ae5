"""What looks random in the demonstration and is the same every time, and moments of its days."""

import hashlib
from datetime import datetime, time

from django.utils import timezone


def chance(*of):
    """A number from 0 to 1 that looks random and is always the same for the same things."""
    return int(hashlib.sha256(repr(of).encode()).hexdigest()[:8], 16) / 0xFFFFFFFF


def moment(day, clock, zone=None):
    """The day at a time of day such as "9.00", in Finland."""
    hour, _, minute = str(clock).replace(":", ".").partition(".")
    return datetime.combine(day, time(int(hour), int((minute or "0").ljust(2, "0"))), timezone.get_default_timezone())
