"""Asking an address: never into our own network, never for long, never more than the head of the answer."""

import ipaddress
import itertools
import socket
import ssl
import time

import pytest

from projects.link_checking import Policy, addresses_of_name, ask, is_public
from projects.models import Link
from tests.projects.web_servers import local_policy, own_certificate, raw_server, reply, web_server

T = Link.Trouble
PRIVATE = [
    "127.0.0.1", "127.9.9.9", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "100.127.255.255", "224.0.0.1", "255.255.255.255", "240.0.0.1", "192.0.2.1", "198.18.0.1", "::1", "::", "fe80::1",
    "fc00::1", "fec0::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::", "2002:a00:1::",
    "64:ff9b::7f00:1", "64:ff9b::10.0.0.1", "2001:0:7f00:1::", "2001:db8::1",
]  # fmt: skip


def answered(status, **headers):
    with web_server(reply(status, **headers)) as (port, _asked):
        return ask(f"http://localhost:{port}/", local_policy(port))


@pytest.mark.parametrize("address", PRIVATE)
def test_no_address_of_a_closed_network_is_public(address):
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "2a00:1450:4001:81b::200e"])
def test_addresses_of_the_internet_are_public(address):
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://localhost/", "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://0.0.0.0/",
        "http://2130706433/", "http://0x7f.1/", "http://127.1/", "http://169.254.169.254/latest/meta-data/",
        "https://user:pw@127.0.0.1/", "ftp://www.example.org/", "file:///etc/passwd", "javascript:alert(1)",
        "http://localhost:6379/", "http://www.example.org:22/", "http:///ei-palvelinta", "http://[::1", "",
        "http://user@localhost/",
    ],
)  # fmt: skip
def test_an_address_that_leads_inside_is_refused_without_a_connection(url, monkeypatch):
    connections = []
    monkeypatch.setattr(socket.socket, "connect", lambda *args: connections.append(args))

    answer = ask(url)

    assert answer.trouble == T.FORBIDDEN
    assert connections == []


@pytest.mark.parametrize("inside", ["10.0.0.1", "::1", "169.254.169.254"])
def test_a_name_that_stands_for_an_inner_address_beside_a_public_one_is_refused(inside):
    policy = Policy(resolve=lambda host, port: ["93.184.216.34", inside])

    assert ask("http://kaksoset.example.org/", policy).trouble == T.FORBIDDEN


def test_the_connection_goes_to_the_address_that_was_judged_however_the_name_changes():
    answers = itertools.chain([["127.0.0.1"]], itertools.repeat(["10.0.0.1"]))
    with web_server(reply(200)) as (port, asked):
        policy = local_policy(port, resolve=lambda host, port: next(answers))

        answer = ask(f"http://vaihtuva.example.org:{port}/sivu?a=1", policy)

    assert answer.trouble == ""
    assert asked[0][0] == "/sivu?a=1"
    assert asked[0][1]["Host"] == f"vaihtuva.example.org:{port}"


@pytest.mark.parametrize(
    "target", ["http://127.0.0.2/", "http://localhost:1/", "file:///etc/passwd", "//169.254.169.254/", "http://[::1]/"]
)
def test_a_redirect_into_a_closed_network_is_refused(target):
    with web_server(reply(302, Location=target)) as (port, _asked):
        answer = ask(f"http://localhost:{port}/", local_policy(port))

    assert answer.trouble == T.FORBIDDEN


def test_a_redirect_is_followed_to_its_end():
    def answer(handler):
        reply(200)(handler) if handler.path == "/loppu" else reply(301, Location="/loppu")(handler)

    with web_server(answer) as (port, asked):
        found = ask(f"http://localhost:{port}/alku", local_policy(port))

    assert found.trouble == ""
    assert [path for path, _headers in asked] == ["/alku", "/loppu"]


def test_redirects_in_circles_and_without_an_end_are_told():
    numbers = itertools.count()
    with web_server(reply(302, Location="/")) as (port, _asked):
        circle = ask(f"http://localhost:{port}/", local_policy(port))
    with web_server(lambda handler: reply(302, Location=f"/{next(numbers)}")(handler)) as (port, asked):
        endless = ask(f"http://localhost:{port}/", local_policy(port))

    assert circle.trouble == endless.trouble == T.LOOP
    assert len(asked) == 6


@pytest.mark.parametrize(
    ("status", "trouble"),
    [(200, ""), (204, ""), (304, ""), (401, T.REFUSED), (403, T.REFUSED), (404, T.NOT_FOUND), (410, T.NOT_FOUND),
     (500, T.BROKEN), (502, T.BROKEN), (503, T.BROKEN)],
)  # fmt: skip
def test_what_each_answer_means(status, trouble):
    assert answered(status).trouble == trouble


def test_a_server_that_asks_for_patience_is_not_dead():
    assert answered(429).is_undecided
    assert answered(503, Retry_After="120").is_undecided


def test_a_name_that_no_server_has():
    def resolve(host, port):
        raise socket.gaierror(socket.EAI_NONAME, "ei ole")

    assert ask("http://ei-ole.example.org/", Policy(resolve=resolve)).trouble == T.NO_NAME


def test_nobody_listens():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    assert ask(f"http://localhost:{port}/", local_policy(port)).trouble == T.NO_ANSWER


def test_a_resolver_that_never_answers_is_not_waited_for():
    began = time.monotonic()

    answer = ask("http://hidas.example.org/", Policy(resolve=lambda *_: time.sleep(3) or [], seconds=0.4))

    assert answer.trouble == T.NO_ANSWER
    assert time.monotonic() - began < 2


def drip(connection):
    """A head that never ends, a byte at a time: no single wait is long."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
    while True:
        connection.sendall(b"a")
        time.sleep(0.05)


def silent(connection):
    time.sleep(10)


def header_bomb(connection):
    connection.sendall(b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: a\r\n" % number for number in range(5000)) + b"\r\n")


def no_http(connection):
    connection.sendall(b"SSH-2.0-jotain\r\n")


@pytest.mark.parametrize("talk", [drip, silent, header_bomb, no_http])
def test_a_server_that_plays_games_ends_as_no_answer_in_its_time(talk):
    began = time.monotonic()
    with raw_server(talk) as port:
        answer = ask(f"http://localhost:{port}/", local_policy(port, seconds=1))

    assert answer.trouble == T.NO_ANSWER
    assert time.monotonic() - began < 4


def test_an_endless_body_is_not_read():
    def endless(connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
        while True:
            connection.sendall(b"a" * 65536)

    began = time.monotonic()
    with raw_server(endless) as port:
        answer = ask(f"http://localhost:{port}/", local_policy(port))

    assert answer.trouble == ""
    assert time.monotonic() - began < 3


def test_nothing_of_ours_is_sent_along():
    with web_server(reply(200, Set_Cookie="a=b")) as (port, asked):
        ask(f"http://localhost:{port}/", local_policy(port))

    (_path, headers) = asked[0]
    assert set(headers) == {"Host", "User-Agent", "Accept", "Accept-Encoding"}
    assert headers["User-Agent"].startswith("Pikassos")


def test_a_certificate_that_nobody_signed_is_told(tmp_path):
    context, _path = own_certificate(tmp_path)
    with web_server(reply(200), context=context) as (port, _asked):
        assert ask(f"https://localhost:{port}/", local_policy(port)).trouble == T.CERTIFICATE


def test_a_certificate_is_judged_by_the_name_and_not_by_the_address(tmp_path):
    context, path = own_certificate(tmp_path)
    trusting = ssl.create_default_context(cafile=path)
    with web_server(reply(200), context=context) as (port, _asked):
        policy = local_policy(port, tls=trusting, resolve=lambda host, port: ["127.0.0.1"])

        right = ask(f"https://localhost:{port}/", policy)
        wrong = ask(f"https://toinen.example.org:{port}/", policy)

    assert (right.trouble, wrong.trouble) == ("", T.CERTIFICATE)


def test_the_systems_resolver_gives_plain_addresses():
    assert "127.0.0.1" in addresses_of_name("127.0.0.1", 80)
