"""Run as a script in a cluster: a network with members, a meeting and somebody signed in; what a test needs as JSON."""

import json
import sys

import django

django.setup()

from django.conf import settings  # noqa: E402

from networks.models import Meeting  # noqa: E402
from tests.accounts.factories import staff_user  # noqa: E402
from tests.conftest import signed_in  # noqa: E402
from tests.directory.factories import PersonFactory  # noqa: E402
from tests.networks.factories import MeetingFactory, MembershipFactory, NetworkFactory  # noqa: E402

number, size, meetings = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
staff = staff_user(email=f"henkilo{number}@example.org")
network = NetworkFactory(name=f"Verkosto {number}", slug=f"verkosto-{number}", coordinator=PersonFactory(
    email=f"koordinaattori{number}@example.org"))  # fmt: skip
for member in range(size):
    MembershipFactory(network=network, person=PersonFactory(email=f"jasen{number}-{member}@example.org"))
for _ in range(meetings):
    MeetingFactory(network=network)
session = signed_in(staff).cookies[settings.SESSION_COOKIE_NAME].value
paths = [meeting.get_absolute_url() for meeting in Meeting.objects.filter(network=network).order_by("pk")]
print(json.dumps({"session": session, "meetings": paths}))
