"""Parts of the portal are killed while it sends two hundred invitations: nobody stays uninvited."""

import shutil
import socket
import threading
import time

import pytest

from tests.cluster.portal import kill, wait_until

pytestmark = pytest.mark.cluster

UNSENT = "SELECT count(*) FROM letters_letter WHERE sent_at IS NULL"


def given_half_of_the_invitations_are_sent(cluster, network):
    """The kill hits in the middle: some letters have gone and some have not."""
    status = cluster.press(network.session, f"{network.meetings[0]}kutsu/")
    assert status == 302
    wait_until(lambda: len(network.sent(cluster.sink)) >= 30, "the first letters")


def then_it_was_in_the_middle(cluster, network):
    assert 30 <= len(network.sent(cluster.sink)) < network.size
    assert 0 < cluster.count(UNSENT) < network.size


def then_everybody_is_invited(cluster, network, *, kills):
    """Each member got the letter; at most one letter a kill came twice, and as the same letter."""
    wait_until(lambda: cluster.count(UNSENT) == 0, "the last letter", patience=40)
    letters = network.sent(cluster.sink)
    people = {to for to, _message_id, _uid in letters}
    assert len(people) == network.size
    assert len(letters) - network.size <= kills
    assert len(set(letters)) == network.size  # a repeat has the same Message-ID and UID
    assert len({message_id for _to, message_id, _uid in letters}) == network.size
    assert len({uid for _to, _message_id, uid in letters}) == 1


def test_the_worker_is_killed_with_everything_it_started(cluster, network):
    given_half_of_the_invitations_are_sent(cluster, network)

    cluster.kill("worker-post")
    then_it_was_in_the_middle(cluster, network)
    cluster.begin("worker-post")
    cluster.sweep()

    then_everybody_is_invited(cluster, network, kills=1)


def test_the_process_that_sends_is_killed_and_goes_on_without_a_sweep(cluster, network):
    given_half_of_the_invitations_are_sent(cluster, network)

    for pid in cluster.children("worker-post"):
        kill(pid)
    then_it_was_in_the_middle(cluster, network)

    then_everybody_is_invited(cluster, network, kills=1)


def test_redis_is_killed_and_all_it_knew_is_lost(cluster, network):
    given_half_of_the_invitations_are_sent(cluster, network)

    cluster.redis.kill()
    then_it_was_in_the_middle(cluster, network)
    shutil.rmtree(cluster.redis.folder / "data")
    time.sleep(1)
    cluster.redis.start()
    cluster.sweep()

    then_everybody_is_invited(cluster, network, kills=1)


def test_without_redis_the_answer_comes_at_once_and_the_sweep_sends(cluster, network):
    cluster.redis.kill()

    began = time.monotonic()
    status = cluster.press(network.session, f"{network.meetings[0]}kutsu/")
    took = time.monotonic() - began
    cluster.redis.start()
    cluster.sweep()

    assert status == 302
    assert took < 2
    then_everybody_is_invited(cluster, network, kills=0)


def test_a_redis_that_takes_the_message_and_never_answers_holds_up_nobody(cluster, network):
    cluster.redis.kill()
    address = cluster.redis.socket
    address.unlink(missing_ok=True)

    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(address))
        silent.listen(100)
        began = time.monotonic()
        status = cluster.press(network.session, f"{network.meetings[0]}kutsu/")
        took = time.monotonic() - began
    cluster.redis.start()
    cluster.sweep()

    assert status == 302
    assert took < 2
    then_everybody_is_invited(cluster, network, kills=0)


def test_the_web_server_is_killed_around_the_moment_of_inviting(cluster, network):
    answers, states = [], []
    for path, wait in zip(network.meetings, (0.05, 0.2, 0.4, 0.8), strict=True):
        key = int(path.rstrip("/").rpartition("/")[2])
        pressed = threading.Thread(
            target=lambda path=path: answers.append(cluster.press(network.session, f"{path}kutsu/"))
        )
        pressed.start()
        time.sleep(wait)
        cluster.kill("web")
        pressed.join()
        written = cluster.count("SELECT count(*) FROM letters_letter WHERE about = %s", f"meeting:{key}")
        invited = cluster.count("SELECT count(*) FROM networks_attendance WHERE meeting_id = %s", key)
        states.append((written, invited))
        cluster.begin("web")
        # Whoever got no answer presses again.
        assert cluster.press(network.session, f"{path}kutsu/") == 302

    assert None in answers  # at least one kill came before the answer
    assert set(states) <= {(0, 0), (network.size, network.size)}
    cluster.sweep()
    wait_until(lambda: cluster.count(UNSENT) == 0, "the last letter", patience=60)
    letters = network.sent(cluster.sink)
    assert len(letters) == len(set(letters)) == network.size * len(network.meetings)
    assert len({(to, uid) for to, _message_id, uid in letters}) == len(letters)
