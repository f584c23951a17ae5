"""Wires the rooms together and knows no domain."""

from pikassos.celery import app as celery_app

__all__ = ["celery_app"]
