"""Run as a script in a cluster: an open event with few seats; its address and key as JSON."""

import json
import sys

import django

django.setup()

from tests.events.factories import EventFactory  # noqa: E402

number, seats = sys.argv[1], int(sys.argv[2])
event = EventFactory(title=f"Tungos {number}", slug=f"tungos-{number}", capacity=seats)
print(json.dumps({"pk": event.pk, "path": event.get_absolute_url()}))
