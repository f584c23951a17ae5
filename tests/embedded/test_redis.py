"""The Redis of one's own: nothing written is lost to a kill, and nothing is left behind."""

import signal
import time

import pytest
from redis import Redis as Client

from pikassos.embedded import Trouble
from pikassos.embedded import redis as embedded_redis
from pikassos.embedded.redis import Redis

pytestmark = pytest.mark.cluster


@pytest.fixture
def server(tmp_path):
    server = Redis(tmp_path / "redis")
    server.start()
    yield server
    server.remove()


def test_it_keeps_queues_and_never_throws_them_away(server):
    client = Client.from_url(server.url)

    assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    assert client.config_get("appendonly") == {"appendonly": "yes"}
    assert client.config_get("port") == {"port": "0"}


def test_databases_are_apart(server):
    Client.from_url(server.url).set("word", "sana")

    assert Client.from_url(server.database_url(3)).get("word") is None
    assert Client.from_url(server.database_url(0)).get("word") == b"sana"


def test_what_was_written_outlives_a_kill(server):
    Client.from_url(server.url).set("word", "sana")
    time.sleep(1.2)  # written down every second

    server.kill()
    server.start()

    assert Client.from_url(server.url).get("word") == b"sana"


def test_what_a_killed_supervisor_left_is_ended(server, make_deaf, monkeypatch):
    monkeypatch.setattr(Redis, "LEFT_BEHIND", ((signal.SIGTERM, 0.2),))
    left = server.process
    make_deaf(left.pid)

    with Redis(server.folder) as next_run:
        assert left.wait(1) == -signal.SIGKILL
        assert next_run.running


def test_a_deep_folder_still_has_a_socket(tmp_path):
    deep = tmp_path / "a-folder-of-a-name-far-too-long-for-the-address-of-a-socket-which-has-some-hundred-letters"
    deep.mkdir()

    server = Redis(deep / "redis")

    try:
        server.start()
        assert Client.from_url(server.url).ping()
    finally:
        server.remove()


def test_without_any_redis_a_sentence_says_what_to_install(monkeypatch):
    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.setattr(embedded_redis.importlib.util, "find_spec", lambda name: None)

    with pytest.raises(Trouble, match="install redis-server or valkey-server"):
        embedded_redis.redis_program()
