"""The recovery key: if the folder of keys is lost, two named people open the sealed copy of the master keys together.

The master and index keys are encrypted for a public key that lies beside them; the private key exists only as two
halves on paper, one for each of two people. Neither half tells anything without the other. A copy of the store of
keys (`slots.bin`) belongs to it; of it only the latest copy is kept, for an older one would hold the keys of what has
been deleted since. Why two: docs/decisions/0012.
"""

import json
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from ombudsman.keys import NONCE, SIZE, store
from publishing.key_files import write_new

RAW = {"encoding": Encoding.Raw, "format": PublicFormat.Raw}
CHECK = 4  # bytes of checksum in a half, so that a slip of the pen is told from a wrong half


class WrongHalf(Exception):
    """What was typed is not one of the two halves, or they do not belong together."""


def make_halves(names):
    """Make a new recovery key and seal the master keys for it. Returns {name: half}, to be written on paper at once.

    The private key is kept nowhere. A recovery key that was made before opens nothing from then on.
    """
    private = X25519PrivateKey.generate()
    secret = private.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    first = secrets.token_bytes(SIZE)
    second = bytes(a ^ b for a, b in zip(first, secret, strict=True))
    file = store.folder / "recovery.json"
    public = private.public_key().public_bytes(**RAW)
    replace(file, json.dumps({"public": public.hex(), "names": list(names)}, ensure_ascii=False).encode())
    seal_master_keys()
    return dict(zip(names, map(written, (first, second)), strict=True))


def named():
    """For whom the recovery key was sealed; nobody when there is none."""
    file = store.folder / "recovery.json"
    return json.loads(file.read_bytes())["names"] if file.exists() else []


def seal_master_keys():
    """Seal the present master and index keys for the recovery key; done again whenever keys change."""
    file = store.folder / "recovery.json"
    if not file.exists():
        return
    public = X25519PublicKey.from_public_bytes(bytes.fromhex(json.loads(file.read_bytes())["public"]))
    once = X25519PrivateKey.generate()
    content = {
        kind: {number: store.whole(kind, number).hex() for number in store.numbers(kind)}
        for kind in ("master", "index")
    }
    nonce = secrets.token_bytes(NONCE)
    sealed = AESGCM(shared(once.exchange(public))).encrypt(nonce, json.dumps(content).encode(), b"recovery")
    replace(store.folder / "recovery.sealed", once.public_key().public_bytes(**RAW) + nonce + sealed)


def open_sealed(sealed, halves):
    """{kind: {number: key}} of a sealed copy, by the two halves in any order. Raises WrongHalf."""
    first, second = map(read_half, halves)
    private = X25519PrivateKey.from_private_bytes(bytes(a ^ b for a, b in zip(first, second, strict=True)))
    once, nonce, content = sealed[:SIZE], sealed[SIZE : SIZE + NONCE], sealed[SIZE + NONCE :]
    try:
        opened = AESGCM(shared(private.exchange(X25519PublicKey.from_public_bytes(once)))).decrypt(
            nonce, content, b"recovery"
        )
    except InvalidTag as error:
        raise WrongHalf("These two halves do not open this copy.") from error
    return {
        kind: {int(number): bytes.fromhex(key) for number, key in keys.items()}
        for kind, keys in json.loads(opened).items()
    }


def restore(halves):
    """Write the master and index keys back beside a restored `slots.bin`. Raises WrongHalf. Existing keys stay."""
    for kind, keys in open_sealed((store.folder / "recovery.sealed").read_bytes(), halves).items():
        for number, key in keys.items():
            write_new(store.folder / f"{kind}-{number}.key", key)


def replace(file, content):
    """The new content or the former one, never none."""
    new = file.with_name(f".{file.name}.new")
    new.unlink(missing_ok=True)
    write_new(new, content)
    new.replace(file)


def shared(secret):
    return HKDF(hashes.SHA256(), SIZE, None, b"pikassos caseload recovery").derive(secret)


def checksum(half):
    digest = hashes.Hash(hashes.SHA256())
    digest.update(half)
    return digest.finalize()[:CHECK]


def written(half):
    """A half as it is written on paper: groups of four signs, the last of them a checksum."""
    text = (half + checksum(half)).hex().upper()
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))


def read_half(text):
    """The bytes of a half however it was typed. Raises WrongHalf."""
    try:
        content = bytes.fromhex("".join(sign for sign in text if sign.isalnum()))
    except ValueError as error:
        raise WrongHalf("A half has only the digits 0–9 and the letters A–F.") from error
    half, check = content[:-CHECK], content[-CHECK:]
    if len(half) != SIZE or checksum(half) != check:
        raise WrongHalf("The half has a slip: compare it with the paper once more.")
    return half
