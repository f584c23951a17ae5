"""Asking an address on the web whether its page is still there, and nothing else.

Addresses are typed by people, so a wrong or a wicked one must not lead into our own network: names are resolved once,
every address they stand for is judged, and the connection goes to the very address that was judged, again at each
redirect. Nothing of the answer but its head is read, and the whole asking ends when its time is over. Robots files are
not consulted: a page is asked for once a week, as a person would who follows the link.
"""

import ipaddress
import socket
import ssl
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

import urllib3
from django.conf import settings

from projects.models import Link

Trouble = Link.Trouble
MOST_REDIRECTS = 5
SECONDS_ALL = 10  # for one address with its redirects
SECONDS_STEP = 5  # for connecting, and for each wait for a byte
REDIRECTS = {301, 302, 303, 307, 308}


def is_public(ip):
    """Whether an address is out on the internet, whatever it is wrapped in."""
    if isinstance(ip, ipaddress.IPv6Address):
        inside = [ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())]
        if ip.is_site_local or not all(is_public(one) for one in inside if one is not None):
            return False
    refused = ip.is_private or ip.is_loopback or ip.is_link_local or ip.is_multicast or ip.is_reserved
    return ip.is_global and not refused and not ip.is_unspecified


def addresses_of_name(host, port):
    """What the name of a server stands for: a list of addresses, as the system's resolver says."""
    return [found[4][0] for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


@dataclass(frozen=True)
class Policy:
    """What may be asked, and how long. The tests allow their own servers; the portal uses the defaults."""

    allows: object = is_public
    ports: frozenset = frozenset({80, 443})
    resolve: object = addresses_of_name
    seconds: float = SECONDS_ALL
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)


@dataclass(frozen=True)
class Answer:
    """What came of asking: a trouble, or none; undecided where the server asked for patience."""

    trouble: str = ""
    is_undecided: bool = False


class Refused(Exception):
    """The address leads where nobody is asked: `trouble` says why."""

    def __init__(self, trouble):
        super().__init__(trouble)
        self.trouble = trouble


class Deadline:
    """Shuts the connections of one asking when its time is over, in whatever they are stuck."""

    def __init__(self, seconds):
        self.until = time.monotonic() + seconds
        self.sockets = []
        self.lock = threading.Lock()
        self.timer = threading.Timer(seconds, self.shut)
        self.timer.daemon = True
        self.timer.start()

    @property
    def left(self):
        return self.until - time.monotonic()

    def watch(self, sock):
        with self.lock:
            self.sockets.append(sock)

    def shut(self):
        with self.lock:
            for sock in self.sockets:
                with suppress(OSError):  # it is closed already
                    sock.shutdown(socket.SHUT_RDWR)

    def end(self):
        self.timer.cancel()


def ask(url, policy=None):
    """Ask for the page at an address, following redirects."""
    policy = policy or Policy()
    deadline = Deadline(policy.seconds)
    seen = set()
    try:
        for _ in range(MOST_REDIRECTS + 1):
            if url in seen:
                return Answer(Trouble.LOOP)
            seen.add(url)
            status, headers = ask_once(url, policy, deadline)
            if status in REDIRECTS and headers.get("Location"):
                url = urljoin(url, headers["Location"])
                continue
            return judged(status, headers)
        return Answer(Trouble.LOOP)
    except Refused as refused:
        return Answer(refused.trouble)
    finally:
        deadline.end()


def judged(status, headers):
    """What the status of an answer means."""
    if status == 429 or (status == 503 and headers.get("Retry-After")):
        return Answer(is_undecided=True)
    if status in (404, 410):
        return Answer(Trouble.NOT_FOUND)
    if status >= 500:
        return Answer(Trouble.BROKEN)
    return Answer(Trouble.REFUSED if status >= 400 else "")


def target_of(url, policy, deadline):
    """(scheme, host, port, address, path) of an address that may be asked; raises Refused for any other."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)
        host = host.encode("idna").decode() if host and not host.isascii() else host
    except (ValueError, UnicodeError) as error:
        raise Refused(Trouble.FORBIDDEN) from error
    if parts.scheme not in {"http", "https"} or not host or parts.username or parts.password:
        raise Refused(Trouble.FORBIDDEN)
    if port not in policy.ports:
        raise Refused(Trouble.FORBIDDEN)
    addresses = resolved(host, port, policy, deadline)
    if not all(policy.allows(ipaddress.ip_address(one.partition("%")[0])) for one in addresses):
        raise Refused(Trouble.FORBIDDEN)
    path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    return parts.scheme, host, port, addresses[0], path


def resolved(host, port, policy, deadline):
    """The addresses of a name. The system's resolver knows no time limit, so it is waited for no longer than ours."""
    pool = ThreadPoolExecutor(1)
    try:
        addresses = pool.submit(policy.resolve, host, port).result(timeout=max(deadline.left, 0.1))
    except (OSError, UnicodeError, ValueError) as error:
        raise Refused(Trouble.NO_ANSWER if isinstance(error, TooLate) else Trouble.NO_NAME) from error
    finally:
        pool.shutdown(wait=False)
    if not addresses:
        raise Refused(Trouble.NO_NAME)
    return addresses


def ask_once(url, policy, deadline):
    """The status and the head of one answer. The connection goes to the address that was judged."""
    scheme, host, port, address, path = target_of(url, policy, deadline)
    if deadline.left <= 0:
        raise Refused(Trouble.NO_ANSWER)
    pool_class = urllib3.HTTPSConnectionPool if scheme == "https" else urllib3.HTTPConnectionPool
    secure = {"server_hostname": host, "assert_hostname": host, "ssl_context": policy.tls} if scheme == "https" else {}
    pool = pool_class(address, port, maxsize=1, block=False, **secure)
    pool.ConnectionCls = watched(pool.ConnectionCls, deadline)
    default = {"http": 80, "https": 443}[scheme]
    name = f"[{host}]" if ":" in host else host
    headers = {
        "Host": name if port == default else f"{name}:{port}",
        "User-Agent": f"Pikassos-linkit/1 (+{settings.SITE_URL})",
        "Accept": "text/html,*/*;q=0.5",
        "Accept-Encoding": "identity",
    }
    step = min(SECONDS_STEP, max(deadline.left, 0.1))
    try:
        response = pool.urlopen(
            "GET", path, headers=headers, redirect=False, retries=False, preload_content=False,
            timeout=urllib3.Timeout(connect=step, read=step), assert_same_host=False,
        )  # fmt: skip
        head = response.status, response.headers
        # The body is nobody's business: however long it is, it is not read.
        response.close()
        if deadline.left <= 0:
            raise Refused(Trouble.NO_ANSWER)  # what was shut in the middle looks like an answer that has ended
        return head
    except urllib3.exceptions.SSLError as error:
        raise Refused(Trouble.CERTIFICATE if deadline.left > 0 else Trouble.NO_ANSWER) from error
    except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
        raise Refused(Trouble.NO_ANSWER) from error
    finally:
        pool.close()


def watched(connection_class, deadline):
    """A connection whose socket is shut when the time is over, from its first moment on."""

    class Watched(connection_class):
        def _new_conn(self):
            sock = super()._new_conn()
            deadline.watch(sock)
            return sock

    return Watched
