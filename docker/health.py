"""Asked by docker-compose: is this container's part of the portal well? `health.py web | worker_post | … | beat`."""

import http.client
import json
import os
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

SCHEDULE = Path("/srv/beat")
STALE = 600  # seconds; beat writes its schedule down every three minutes


def parts():
    """What /terveys/ tells. It is asked as the proxy asks: by the public name, over what was https outside."""
    host = urlsplit(os.environ["SITE_URL"]).netloc
    connection = http.client.HTTPConnection(os.environ.get("WEB", "127.0.0.1:8000"), timeout=5)
    connection.request("GET", "/terveys/", headers={"Host": host, "X-Forwarded-Proto": "https"})
    return json.loads(connection.getresponse().read())


def is_well(part):
    if part == "beat":
        return any(time.time() - file.stat().st_mtime < STALE for file in SCHEDULE.iterdir())
    if part == "web":  # the workers answer for themselves
        return parts()["database"]
    return parts()[part]


if __name__ == "__main__":
    sys.exit(0 if is_well(sys.argv[1]) else 1)
