"""The portal's own PostgreSQL and Redis, and the supervisor that owns every process of `make run`.

For demonstration and tests only: in production the servers are named by DATABASE_URL and REDIS_URL.
Nothing in here knows Django; the commands of manage.py are run as a person would run them.
"""


class Trouble(Exception):
    """Something a person has to put right. The text is a sentence that says what to do."""
