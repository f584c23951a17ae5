"""The web server's log: no address of a client, no secret of a link, and nothing at all of answering.

A line for each answer, however little it said, would be a list of moments; laid beside a copy of the database, or
beside what a colleague saw from the next desk, it would narrow down who answered when. So these requests leave no line.
"""

import logging
import re
from urllib.parse import unquote

from gunicorn.glogging import Logger

from pikassos.log_secrets import without_secrets

ANSWERING = re.compile(r"(/[a-z]{2})?/ilmapuntari/vastaa\b")
KEPT = frozenset("tmUsbBTDMLHp")  # atoms of a line; none of a header, an address or a query
QUERY = re.compile(r"\?\S*")
ADDRESS = re.compile(r"(?<=from ip=)\S+")


class LeaveOut(logging.Filter):
    """For what the server says when something goes wrong: it names the address asked for and who asked."""

    def filter(self, record):
        said = QUERY.sub("", unquote(record.getMessage()))
        record.msg, record.args = ADDRESS.sub("…", without_secrets(said)), ()
        return True


class AccessLog(Logger):
    """`gunicorn --logger-class pikassos.access_log.AccessLog`"""

    def __init__(self, cfg):
        super().__init__(cfg)
        self.error_log.addFilter(LeaveOut())

    def access(self, resp, req, environ, request_time):
        if not ANSWERING.match(environ.get("PATH_INFO") or ""):
            super().access(resp, req, environ, request_time)

    def atoms(self, resp, req, environ, request_time):
        atoms = super().atoms(resp, req, environ, request_time)
        kept = {name: value for name, value in atoms.items() if name in KEPT}
        return kept | {"U": without_secrets(environ.get("PATH_INFO") or "")}
