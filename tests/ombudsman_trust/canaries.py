"""Invented secrets, and the search for them in everything that a portal and its servers have written."""

import base64
import json
import os
import random
import subprocess
import tempfile
import zlib
from bisect import bisect_right
from dataclasses import dataclass, field

from ombudsman.models.finding import normalised_phone
from tests.ilmapuntari_trust.scanner import places as written_places
from tests.ilmapuntari_trust.scanner import written_forms

SYLLABLES = [
    "kaar", "vuo", "päi", "tuis", "räi", "jön", "möh", "suo", "hel", "lyö", "kui", "säm", "nie", "töy", "val", "ruu",
    "pih", "ver", "jäl", "kos",
]  # fmt: skip
ENDINGS = ["nen", "la", "mäki", "lampi", "vaara", "kangas", "ranta", "salo"]


@dataclass
class Canaries:
    """Draws secrets. `kept` rest sealed in the end; `lost` were typed where something went wrong, or nothing is kept.

    Each is drawn once; what is looked for is the part of it that is like nothing else.
    """

    random: random.Random
    kept: dict = field(default_factory=dict)  # what was typed: the texts to look for
    lost: dict = field(default_factory=dict)

    def word(self):
        return "".join(self.random.choices(SYLLABLES, k=4)) + self.random.choice(ENDINGS)

    def note(self, *, lost=False):
        """A sentence with an address."""
        word, street = self.word(), self.word().capitalize()
        number = self.random.randrange(1, 99)
        return self._draw(f"Äiti {word} odottaa hoitoa, {street}katu {number} A 3", [word, street], lost)

    def name(self, *, lost=False):
        family = self.word()
        return self._draw(f"Öyli {family.capitalize()}", [family, family.capitalize()], lost)

    def phone(self, *, lost=False):
        digits = "".join(self.random.choices("0123456789", k=7))
        typed = f"045 {digits[:3]} {digits[3:]}"
        normal = normalised_phone(typed)
        return self._draw(typed, [typed, typed.replace(" ", ""), normal], lost)

    def email(self, *, lost=False):
        local = self.word().translate(str.maketrans("äö", "ao"))
        return self._draw(f"{local}@example.org", [local], lost)

    def receipt(self, code):
        """One that the portal has drawn."""
        return self._draw(code, [code, code.replace("-", "")], lost=False)

    def _draw(self, typed, texts, lost):
        (self.lost if lost else self.kept)[typed] = texts
        return typed

    def forms(self):
        """{bytes: what was typed} of everything to look for."""
        return {form: typed for typed, texts in (self.kept | self.lost).items() for form in forms_of(texts)}


def forms_of(texts):
    """The ways in which a program could have written one of the texts."""
    for text in texts:
        yield from written_forms(text)
        plain = text.encode()
        escaped = json.dumps(text)[1:-1]
        quoted = "".join(f"={byte:02X}" if byte > 127 else chr(byte) for byte in plain)
        octal = "".join(f"\\{byte:03o}" if byte > 127 else chr(byte) for byte in plain)
        for written in (escaped, escaped.replace("\\u00e", "\\u00E"), escaped.replace("\\", "\\\\"), quoted, octal):
            yield written.encode()
        yield repr(plain)[2:-1].encode()
        yield ascii(text)[1:-1].encode()
        yield text.encode("latin-1")
        yield text.encode("utf-16-be")


def everything_written(cluster, *folders):
    """{place: bytes}: files of the portal, its servers and its keys, the dump, Redis, letters, unpacked sessions."""
    found = written_places(cluster)
    for folder in (cluster.keys(""), *folders):
        for file in folder.rglob("*"):
            if file.is_file() and not file.is_socket():
                found[f"{folder.name}/{file.relative_to(folder)}"] = file.read_bytes()
    with cluster.sink.lock:
        for number, letter in enumerate(cluster.sink.letters):
            body = letter.get_body(("plain",)).get_content()
            found[f"letter {number}"] = f"{letter['Subject']} {letter['To']} {body}".encode() + letter.as_bytes()
    for key, packed in cluster.rows("SELECT session_key, session_data FROM django_session"):
        found[f"session {key}"] = unpacked(packed)
    return found


def unpacked(packed):
    """The content of a session, which rests as signed and mostly compressed base64."""
    data = packed.rpartition(":")[0].rpartition(":")[0]
    content = base64.urlsafe_b64decode(data.lstrip(".") + "=" * (-len(data.lstrip(".")) % 4))
    return zlib.decompress(content) if data.startswith(".") else content


def hits(found, forms):
    """[(place, what was typed)] wherever one of the forms stands. By grep, which looks for all of them in one pass."""
    with tempfile.TemporaryDirectory() as folder:
        sought, looked_through = f"{folder}/forms", f"{folder}/everything"
        with open(sought, "wb") as file:
            file.write(b"\n".join(form for form in forms if b"\n" not in form))
        starts, names = [], list(found)
        with open(looked_through, "wb") as file:
            for name in names:
                starts.append(file.tell())
                file.write(found[name] + b"\n")
        command = ["grep", "--text", "--only-matching", "--byte-offset", "--fixed-strings", "--file", sought]
        plain = {"PATH": os.environ["PATH"], "LC_ALL": "C"}
        done = subprocess.run([*command, looked_through], env=plain, capture_output=True, check=False)
    assert done.returncode in {0, 1}, done.stderr
    lines = [line.partition(b":") for line in done.stdout.splitlines()]
    return [(names[bisect_right(starts, int(offset)) - 1], forms[form]) for offset, _colon, form in lines]
