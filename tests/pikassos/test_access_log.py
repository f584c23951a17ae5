"""What the web server writes down of a request, and what it does not."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from gunicorn.config import Config

from pikassos.access_log import AccessLog

# Everything a line could hold, as somebody might set it one day.
EVERYTHING = '%(h)s %(t)s "%(r)s" %(m)s %(U)s?%(q)s %(s)s %(f)s %(a)s %({x-forwarded-for}i)s %({raw_uri}e)s %(M)s'


@pytest.fixture
def log(tmp_path):
    config = Config()
    for name, value in {"accesslog": "access", "errorlog": "error"}.items():
        config.set(name, str(tmp_path / value))
    config.set("access_log_format", EVERYTHING)
    made = AccessLog(config)
    made.folder = tmp_path
    yield made
    for logger in (made.access_log, made.error_log):
        for handler in list(logger.handlers):
            handler.close()
            logger.removeHandler(handler)
        logger.filters.clear()


def ask(log, path, query=""):
    raw = f"{path}?{query}"
    headers = [("X-FORWARDED-FOR", "192.0.2.7"), ("USER-AGENT", "Selain/1"), ("REFERER", f"https://a.example.org{raw}")]
    environ = {
        "REQUEST_METHOD": "GET", "PATH_INFO": path, "RAW_URI": raw, "QUERY_STRING": query, "REMOTE_ADDR": "192.0.2.7",
        "SERVER_PROTOCOL": "HTTP/1.1", "HTTP_USER_AGENT": "Selain/1", "HTTP_REFERER": raw,
    }  # fmt: skip
    answer = SimpleNamespace(status="200 OK", headers=[("X-Path", raw)], sent=12)
    log.access(answer, SimpleNamespace(headers=headers), environ, timedelta(milliseconds=7))
    return (log.folder / "access").read_text()


def test_a_line_tells_the_path_and_how_it_went(log):
    line = ask(log, "/verkostot/")

    assert "GET /verkostot/" in line
    assert "200" in line


@pytest.mark.parametrize(
    "path",
    [
        "/ilmapuntari/tulos/salainen/",
        "/ilmapuntari/tulos/salainen/tulos.pdf",
        "/sv/ilmapuntari/tulos/salainen/keskustelu/",
        "/verkostot/vastaus/salainen/",
        "/tili/kutsu/salainen/",
    ],
)
def test_a_line_holds_no_secret_nor_who_asked(log, path):
    line = ask(log, path, "q=salainen")

    assert "GET /" in line
    for kept_out in ("salainen", "192.0.2.7", "Selain"):
        assert kept_out not in line


@pytest.mark.parametrize("prefix", ["", "/sv", "/en"])
@pytest.mark.parametrize("end", ["/2f9d3b1c-8f43-4a39-9b2e-f0a8c1d2e3f4/", "/2f9d3b1c-8f43", "/", ""])
def test_answering_leaves_no_line(log, prefix, end):
    assert ask(log, f"{prefix}/ilmapuntari/vastaa{end}") == ""


def test_what_goes_wrong_is_told_without_them_too(log):
    for uri in ("/ilmapuntari/tulos/salainen/?q=salainen", "/ilmapuntari/%74ulos/salainen/", "/tili/kutsu/salainen"):
        log.error_log.error("Error handling request %s %s", "GET", uri)
    log.error_log.warning("Invalid request from ip=192.0.2.7: no proper line")

    said = (log.folder / "error").read_text()
    assert said.count("Error handling request") == 3
    assert "Invalid request" in said
    assert "salainen" not in said
    assert "192.0.2.7" not in said
