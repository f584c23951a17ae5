"""Holding back what machines send, without a third party and without keeping who came from where.

How often a connection has sent lies in the cache for an hour at most, under a keyed hash of its address that is another
one every hour. When the cache is away each process counts for itself (pikassos/cache.py), and messages get in.
"""

import ipaddress
import secrets
from datetime import timedelta

from allauth.account.adapter import get_adapter
from django.core import signing
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.crypto import salted_hmac

from ombudsman.models import Message
from ombudsman.models.message import ALPHABET, CODE_LENGTH, GROUP

SALT = "ombudsman.abuse"
HOUR = 60 * 60  # seconds
TRAP = "homepage"  # a field that people do not see
# Our own figures. People who have something to tell need minutes; a form left open over a night is sent anew.
FASTEST, LONGEST = 3, 12 * HOUR  # seconds from opening the form to sending it
MESSAGE, WRONG_CODE = "message", "wrong code"
MOST = {MESSAGE: 20, WRONG_CODE: 20}  # an hour from one connection: the offices of a whole county may share one
MOST_WRONG_CODES = 1000  # an hour from all together; a code of 130 bits is not guessed, this only spares the database
MOST_WAITING = 200  # messages of a day that wait; more than one person could read


# The form: when it was opened, and which one it was ——————————————————————————————————————————————————————————


def start():
    """What a form carries from being opened to being sent: a random number and the moment, signed."""
    return signing.dumps([secrets.token_urlsafe(20), timezone.now().timestamp()], salt=SALT)


def started(text):
    """(random number, age in seconds) of what a form carries; None where it is not of ours or too old."""
    try:
        nonce, at = signing.loads(text, salt=SALT)
    except signing.BadSignature:
        return None
    age = timezone.now().timestamp() - at
    return (nonce, age) if age <= LONGEST else None


def receipt_for(nonce, *texts):
    """The receipt code of what one form sent: the same words sent twice get the same code, and are one message."""
    digest = salted_hmac(f"{SALT}.receipt", "\0".join([nonce, *texts]), algorithm="sha256").digest()
    letters = "".join(ALPHABET[byte % len(ALPHABET)] for byte in digest[:CODE_LENGTH])
    return "-".join(letters[at : at + GROUP] for at in range(0, CODE_LENGTH, GROUP))


def holds_back(request, age):
    """Whether a message is not taken now. Nobody is told by which rule."""
    day = timezone.now() - timedelta(days=1)
    return (
        bool(request.POST.get(TRAP))
        or age < FASTEST
        or is_over(MESSAGE, request)
        or Message.objects.waiting().filter(received_at__gte=day).count() >= MOST_WAITING
    )


# Counting ————————————————————————————————————————————————————————————————————————————————————————————————————


def is_over(what, request):
    """Whether a connection, or all together, have reached what an hour allows."""
    in_all = cache.get(key(what, "all"), 0) if what == WRONG_CODE else 0
    return in_all >= MOST_WRONG_CODES or cache.get(key(what, connection(request)), 0) >= MOST[what]


def count(what, request):
    for whose in (connection(request), "all"):
        cache.add(key(what, whose), 0, HOUR)
        try:
            cache.incr(key(what, whose))
        except ValueError:  # the hour has just ended, or the cache went away in between
            continue


def key(what, whose):
    """The name of a counter of the present hour. It tells no address, and not that two hours had the same one."""
    hour = int(timezone.now().timestamp() // HOUR)
    return f"abuse:{salted_hmac(SALT, f'{what} {hour} {whose}', algorithm='sha256').hexdigest()[:32]}"


def connection(request):
    """The address as allauth knows it behind our proxies; of the new kind the network, as a home has a whole one."""
    try:
        address = get_adapter().get_client_ip(request)
    except PermissionDenied:  # a server that tells none: everybody counts as one
        return ""
    if ipaddress.ip_address(address).version == 6:
        return str(ipaddress.ip_network(f"{address}/64", strict=False))
    return address
