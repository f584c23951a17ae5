"""One name for one thing, nothing that nobody uses, no message without its Finnish."""

import re
from pathlib import Path

import pytest
from django.urls import URLPattern, get_resolver

from pikassos import catalogues

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = ROOT / "templates"
OURS = (
    "accounts",
    "publishing",
    "directory",
    "networks",
    "projects",
    "events",
    "ombudsman",
    "website",
    "demonstration",
)
# Django, allauth and their libraries look these up by names of their own.
ASKED_FOR_BY_LIBRARIES = (
    "account/",
    "mfa/",
    "usersessions/",
    "allauth/",
    "django/",
    "400.html",
    "403.html",
    "404.html",
    "405.html",
    "500.html",
)


def addresses(patterns=None, namespace=""):
    """(namespace, pattern) of every address of our own rooms."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLPattern):
            if namespace in OURS:
                yield namespace, pattern
        else:
            yield from addresses(pattern.url_patterns, pattern.namespace or namespace)


def used_templates():
    """Every template that code or another template names."""
    named = set()
    for path in [*ROOT.glob("*/**/*.py"), *TEMPLATES.rglob("*")]:
        if path.is_file() and not {".venv", "var", "tests"} & set(path.relative_to(ROOT).parts):
            named |= set(re.findall(r"""["']([\w/{}.-]+\.(?:html|txt))["']""", path.read_text(encoding="utf-8")))
    return named


@pytest.mark.parametrize(("room", "pattern"), [pytest.param(*a, id=f"{a[0]}:{a[1].name}") for a in addresses()])
def test_an_address_is_called_like_its_view(room, pattern):
    view = getattr(pattern.callback, "__name__", "")

    # A class is named as a class; its address is named after what it does.
    assert view in {pattern.name, "view"} or not pattern.callback.__module__.startswith(room)


def test_every_template_is_used():
    used = used_templates()
    patterns = [re.compile(re.sub(r"\\{\w+\\}", r"\\w+", re.escape(name))) for name in used if "{" in name]

    unused = [
        name
        for name in sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*") if path.is_file())
        if name not in used
        and not any(pattern.fullmatch(name) for pattern in patterns)
        and not name.startswith(ASKED_FOR_BY_LIBRARIES)
    ]

    assert unused == []


def test_every_message_has_its_finnish():
    gathered = {(message.id, message.context) for message in catalogues.gather() if message.id}
    stored = catalogues.read("fi")
    with_words = {
        (message.id, message.context)
        for message in stored
        if message.id and message.id not in catalogues.missing(stored)
    }

    assert sorted(str(message) for message in gathered - with_words) == []


def test_finnish_words_keep_the_places_of_their_messages():
    wrong = []
    for message in catalogues.read("fi"):
        ids = message.id if isinstance(message.id, tuple | list) else (message.id,)
        strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
        wanted = set(re.findall(r"%\(\w+\)[sd]", " ".join(ids)))
        for string in strings:
            if message.id and string and not set(re.findall(r"%\(\w+\)[sd]", string)) <= wanted:
                wrong.append(string)

    assert wrong == []
