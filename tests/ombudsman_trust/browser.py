"""Somebody at a page of the cluster's portal: what is sent and what is answered, kept to be looked at afterwards."""

import http.client
from dataclasses import dataclass
from urllib.parse import urlencode

TOKEN = "a" * 32
BOUNDARY = "----pikassos"
FORM = "application/x-www-form-urlencoded"
MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"


@dataclass
class Answer:
    """`sent` is the body of the request, `text` that of the answer; both as they went over the line."""

    path: str
    sent: bytes
    status: int
    headers: dict
    body: bytes

    @property
    def text(self):
        return self.body.decode(errors="replace")

    @property
    def where(self):
        """Where it leads to."""
        return self.headers.get("location", "")


class Browser:
    """Without a session, a visitor."""

    def __init__(self, cluster, session=""):
        self.cluster, self.session, self.answers = cluster, session, []

    def ask(self, method, path, body=b"", **headers):
        """The Answer; None when no whole one came."""
        body = body.encode() if isinstance(body, str) else body
        connection = http.client.HTTPConnection("127.0.0.1", self.cluster.port, timeout=30)
        cookies = f"csrftoken={TOKEN}" + (f"; sessionid={self.session}" if self.session else "")
        kept = {"Host": f"localhost:{self.cluster.port}", "Cookie": cookies, "Content-Type": FORM}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request(method, path, body, kept | named)
            got = connection.getresponse()
            found = {name.lower(): value for name, value in got.getheaders()}
            answer = Answer(path, body, got.status, found, got.read())
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()
        self.answers.append(answer)
        return answer

    def get(self, path, **headers):
        return self.ask("GET", path, **headers)

    def post(self, path, fields, **headers):
        return self.ask("POST", path, filled(fields), **headers)

    def upload(self, path, name, content):
        return self.ask("POST", path, upload_of(name, content), Content_Type=MULTIPART)


def filled(fields):
    return urlencode({"csrfmiddlewaretoken": TOKEN} | fields, doseq=True)


def upload_of(name, content):
    """The body of a form with one file."""
    line = f"--{BOUNDARY}\r\nContent-Disposition: form-data; name="
    return (
        f'{line}"csrfmiddlewaretoken"\r\n\r\n{TOKEN}\r\n'
        f'{line}"file"; filename="{name}"\r\nContent-Type: application/pdf\r\n\r\n'
    ).encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()  # fmt: skip
