"""The control: what somebody would build at first. Invitations with a mark, answers in a table of their own."""

from contextlib import contextmanager

import psycopg

TABLES = ("naive_invitation", "naive_response")


class Naive:
    """Two tables beside the portal's own, for as long as a test lasts."""

    def __init__(self, url):
        self.url = url

    def invite(self, people):
        """[(unit, email)], in this order."""
        with psycopg.connect(self.url) as connection:
            for unit, email in people:
                connection.execute(
                    "INSERT INTO naive_invitation (unit, email, answered) VALUES (%s, %s, false)", [unit, email]
                )

    def answer(self, unit, email, values):
        """The invitation is marked and the answer inserted, in one transaction."""
        with psycopg.connect(self.url) as connection:
            connection.execute("UPDATE naive_invitation SET answered = true WHERE email = %s", [email])
            connection.execute("INSERT INTO naive_response (unit, answer) VALUES (%s, %s)", [unit, values])


@contextmanager
def naive_tables(url):
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "CREATE TABLE naive_invitation (id bigserial PRIMARY KEY, unit text, email text, answered boolean)"
        )
        connection.execute("CREATE TABLE naive_response (id bigserial PRIMARY KEY, unit text, answer text)")
    try:
        yield Naive(url)
    finally:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("DROP TABLE naive_invitation, naive_response")
