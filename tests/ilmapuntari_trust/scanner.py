"""Looks for words that may stand nowhere, in every form in which a program could have written them."""

import base64
import subprocess
import urllib.parse

from redis import Redis as Client


def written_forms(word):
    """A text as it stands in files: plain, %-encoded, in base64 whatever stands before it, in hex, in UTF-16."""
    plain = word.encode()
    yield plain
    yield plain.lower()
    yield urllib.parse.quote(word, safe="").encode()
    yield "".join(f"%{byte:02X}" for byte in plain).encode()
    yield plain.hex().encode()
    yield plain.hex().upper().encode()
    yield word.encode("utf-16-le")
    for start in range(3):
        # The letters that depend on what stands before and after are left out.
        encoded = base64.b64encode(b"\0" * start + plain)
        yield encoded[-(-start * 8 // 6) : len(encoded) - 4]


def forms_of_code(code):
    """A code as it is written on paper, without its dashes, and as the number behind it."""
    bare = code.replace("-", "")
    forms = {*written_forms(code), *written_forms(bare)}
    alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    number = 0
    for letter in bare:
        number = number * 32 + alphabet.index(letter)
    raw = number.to_bytes(10, "big")
    return forms | {
        raw,
        raw.hex().encode(),
        raw.hex().upper().encode(),
        base64.b64encode(raw)[:12],
        str(number).encode(),
    }


def forms_of_answer(values):
    """28 figures: as bytes, as lists, as the form that was sent."""
    values = list(values)
    assert len(set(values[:10])) > 5, "too common to be told from chance"
    raw = bytes(values)
    joined = {separator.join(map(str, values)) for separator in (",", ", ", " ", ";", "")}
    sent = urllib.parse.urlencode({f"v{number}": value for number, value in enumerate(values, 1)})
    few = urllib.parse.urlencode({f"v{number}": value for number, value in enumerate(values[:10], 1)})
    pairs = ", ".join(f"'v{number}': '{value}'" for number, value in enumerate(values[:10], 1))
    forms = {raw, raw.hex().encode(), base64.b64encode(raw)[:36], sent.encode(), few.encode(), pairs.encode()}
    forms |= {repr(raw)[2:-1].encode(), raw.hex(" ").encode(), pairs.replace("'", '"').encode()}
    for text in joined:
        forms |= set(written_forms(text))
    return forms


def places(cluster, *, database="pikassos"):
    """{place: bytes}: all that the portal and its servers have written anywhere but in letters and key folders."""
    found = {}
    for file in cluster.folder.rglob("*"):
        if file.is_file() and cluster.keys("") not in file.parents and not file.is_socket():
            found[str(file.relative_to(cluster.folder))] = file.read_bytes()
    outside = cluster.postgres._home
    if not outside.is_relative_to(cluster.folder):
        for file in outside.rglob("*"):
            if file.is_file() and not file.is_socket():
                found[f"postgres/{file.relative_to(outside)}"] = file.read_bytes()
    found["pg_dump"] = dump_of(cluster.postgres, database)
    for number in range(4):
        client = Client.from_url(cluster.redis.database_url(number))
        for key in client.scan_iter("*"):
            found[f"redis {number} {key.decode(errors='replace')}"] = key + b" " + content_of(client, key)
        client.close()
    return found


def content_of(client, key):
    readers = {
        b"string": lambda: [client.get(key)],
        b"list": lambda: client.lrange(key, 0, -1),
        b"set": lambda: list(client.smembers(key)),
        b"hash": lambda: [part for pair in client.hgetall(key).items() for part in pair],
        b"zset": lambda: client.zrange(key, 0, -1),
    }
    return b" ".join(readers[client.type(key)]())


def dump_of(postgres, database):
    done = subprocess.run(
        [postgres._program("pg_dump"), "--dbname", postgres.superuser_url(database)], capture_output=True, check=True
    )
    return done.stdout


def hits(found, forms):
    """[(place, form)] wherever one of the forms stands."""
    return [(place, form) for place, content in found.items() for form in forms if form in content]
