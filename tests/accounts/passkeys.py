"""A passkey made of software: what a telephone or a key would answer to the browser."""

import json
import secrets

from allauth.account.utils import user_pk_to_url_str
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import sha256, websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

PRESENT, VERIFIED, HAS_KEY = 0x01, 0x04, 0x40


class Passkey:
    """One key of one user at one site. `recognises_owner`: whether it asks for a finger, face or PIN."""

    def __init__(self, user, site="testserver", recognises_owner=True):
        self.site, self.user = site, user
        self.id = secrets.token_bytes(32)
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.flags = PRESENT | (VERIFIED if recognises_owner else 0)

    def register(self, options):
        """The answer to "make a key"."""
        public = AttestedCredentialData.create(b"\0" * 16, self.id, ES256.from_cryptography_key(self.key.public_key()))
        data = AuthenticatorData.create(sha256(self.site.encode()), self.flags | HAS_KEY, 0, public)
        attestation = AttestationObject.create("none", data, {})
        return self._answer(
            {
                "clientDataJSON": websafe_encode(self._client_data("webauthn.create", options)),
                "attestationObject": websafe_encode(bytes(attestation)),
            },
            clientExtensionResults={"credProps": {"rk": True}},
        )

    def answer(self, options):
        """The answer to "show that it is you"."""
        data = AuthenticatorData.create(sha256(self.site.encode()), self.flags, 1)
        client_data = self._client_data("webauthn.get", options)
        signature = self.key.sign(bytes(data) + sha256(client_data), ec.ECDSA(hashes.SHA256()))
        return self._answer(
            {
                "clientDataJSON": websafe_encode(client_data),
                "authenticatorData": websafe_encode(bytes(data)),
                "signature": websafe_encode(signature),
                "userHandle": websafe_encode(user_pk_to_url_str(self.user).encode()),
            },
            clientExtensionResults={},
        )

    def _client_data(self, kind, options):
        challenge = options["publicKey"]["challenge"]
        challenge = challenge if isinstance(challenge, str) else websafe_encode(challenge)
        return json.dumps({"type": kind, "challenge": challenge, "origin": f"http://{self.site}"}).encode()

    def _answer(self, response, **more):
        identity = websafe_encode(self.id)
        return {"id": identity, "rawId": identity, "type": "public-key", "response": response, **more}
