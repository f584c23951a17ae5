"""Recordings at video services: shown on a page of their own, so that nothing is fetched before somebody asks."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

YOUTUBE = re.compile(r"[A-Za-z0-9_-]{6,20}")
VIMEO = re.compile(r"[0-9]{5,12}")


@dataclass(frozen=True)
class Player:
    """A service that we know how to show: its name, the address of the frame, and what the page has to allow."""

    service: str
    address: str
    origin: str


def player_of(link):
    """How the recording behind the address is shown here; None for a service we do not know, which is only linked."""
    parts = urlsplit(link)
    host = (parts.hostname or "").removeprefix("www.").removeprefix("m.")
    path = parts.path.strip("/").split("/")
    if host in ("youtube.com", "youtube-nocookie.com", "youtu.be"):
        if host == "youtu.be":
            code = path[0]
        elif path[0] in ("embed", "live", "shorts") and len(path) > 1:
            code = path[1]
        else:
            code = parse_qs(parts.query).get("v", [""])[0]
        if YOUTUBE.fullmatch(code):
            origin = "https://www.youtube-nocookie.com"
            return Player("YouTube", f"{origin}/embed/{code}", origin)
    if host in ("vimeo.com", "player.vimeo.com"):
        code = path[-1]
        if VIMEO.fullmatch(code):
            origin = "https://player.vimeo.com"
            return Player("Vimeo", f"{origin}/video/{code}?dnt=1", origin)
    return None
