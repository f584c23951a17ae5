"""What the tests that kill parts of a portal share: the portal, and a network to be invited."""

import itertools
import json

import pytest

from tests.cluster.portal import a_cluster


class InventedNetwork:
    """Two hundred members, somebody who may invite them, and meetings to invite them to."""

    numbers = itertools.count(1)

    def __init__(self, cluster, size, meetings):
        self.number, self.size = next(self.numbers), size
        arguments = map(str, (self.number, size, meetings))
        made = json.loads(cluster.run("tests/cluster/invented_network.py", *arguments).splitlines()[-1])
        self.session, self.meetings = made["session"], made["meetings"]

    def sent(self, sink):
        """The letters that arrived for its members: (recipient, Message-ID, UID) each."""
        with sink.lock:
            letters = list(sink.letters)
        return [described(letter) for letter in letters if f"jasen{self.number}-" in letter["To"]]


def described(letter):
    calendar = next(part for part in letter.walk() if part.get_content_type() == "text/calendar")
    text = calendar.get_content().replace("\r\n ", "").replace("\n ", "")
    uid = next(line.removeprefix("UID:") for line in text.splitlines() if line.startswith("UID:"))
    return letter["To"], letter["Message-ID"], uid


@pytest.fixture(scope="module")
def cluster():
    with a_cluster() as made:
        yield made


@pytest.fixture
def network(cluster):
    """A network with two hundred members in a portal that is whole and idle."""
    cluster.begin_all("web", "worker-post")
    return InventedNetwork(cluster, 200, 4)
