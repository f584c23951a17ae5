"""The portal served as in production, and browsers that open it."""

import os
import shutil
import threading

import pytest
from django.core.cache import cache
from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.db import connections
from playwright.sync_api import sync_playwright

from tests.browser.soundness import DESKTOP, watch
from tests.conftest import signed_in


class ClosingHandler(WSGIHandler):
    """Our application in threads that come and go: each leaves the database behind it."""

    def __call__(self, environ, start_response):
        response = super().__call__(environ, start_response)
        connections.close_all()
        return response


class QuietRequestHandler(WSGIRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="session")
def address(django_db_setup):
    """Where the portal answers, with its collected and compressed files (Django's live server has its own)."""
    server = ThreadedWSGIServer(("127.0.0.1", 0), QuietRequestHandler)
    server.daemon_threads = True
    server.set_app(ClosingHandler())
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def chromium():
    # The driver of the browser runs an event loop in this thread, in which Django would refuse the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        program = os.environ.get("PIKASSOS_CHROMIUM") or shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def browse(chromium, address, settings, tmp_path):
    """A function that gives a fresh browser's page, of somebody signed in or of a visitor."""
    settings.MEDIA_ROOT = tmp_path
    cache.clear()  # how often a code was asked for is counted there
    contexts = []

    def open_browser(user=None, *, screen=DESKTOP, scheme="light", javascript=True):
        context = chromium.new_context(
            base_url=address, viewport=screen, color_scheme=scheme, java_script_enabled=javascript, locale="fi-FI"
        )
        contexts.append(context)
        context.set_default_timeout(10_000)
        if user:
            cookie = signed_in(user).cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": address}])
        return watch(context.new_page(), javascript=javascript)

    yield open_browser
    for context in contexts:
        context.close()
