"""A portal for the proofs of the caseload: every process with its own keys and role, nothing patched."""

import json

import pytest

from tests.cluster.portal import a_cluster
from tests.ombudsman_trust.browser import Browser


@pytest.fixture(scope="session")
def written(tmp_path_factory):
    """Where the portal's programs write besides the cluster's folder: attachments, and what is too large for memory."""
    folder = tmp_path_factory.mktemp("written")
    for name in ("media", "tmp"):
        (folder / name).mkdir()
    return folder


@pytest.fixture(scope="session")
def cluster(written):
    environment = {"LOG_LEVEL": "INFO", "MEDIA_ROOT": str(written / "media"), "TMPDIR": str(written / "tmp")}
    with a_cluster(environment=environment, web_workers=2, mail_takes=0) as made:
        yield made


class Work:
    """What `work.py` does, in a process of the cluster: `work.opened()`."""

    def __init__(self, cluster):
        self.cluster = cluster

    def __getattr__(self, what):
        def do(**wanted):
            said = self.cluster.run("tests/ombudsman_trust/work.py", what, given=json.dumps(wanted))
            return json.loads(said.splitlines()[-1])

        return do


@pytest.fixture(scope="session")
def work(cluster):
    return Work(cluster)


@pytest.fixture(scope="session")
def session(work):
    """The session of the ombudsman, with a second factor just shown."""
    return work.appointed()["session"]


@pytest.fixture(scope="session")
def ombudsman(cluster, session):
    return Browser(cluster, session)


@pytest.fixture(scope="session")
def many(work):
    """Some four hundred records more, by number; keys are changed and the keeping of time is killed among them."""
    return work.filled(contacts=240, cases=30, messages=60)
