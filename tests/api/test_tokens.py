"""Which bearer tokens are believed: the genuine ones, and none of those that somebody made up."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Callable
from hashlib import sha256
from typing import Any
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives import serialization
from joserfc import jws
from joserfc.jwk import ECKey, KeySet, OKPKey, RSAKey

from api.tokens import LIFE_SECONDS, MAX_TOKEN_BYTES, TokenRefused, TokenVerifier

ISSUER = "https://issuer.example"
AUDIENCE = "homeward"
NOW = 1_700_000_000
SUBJECT = "9f5010d1-e364-4edd-94ab-293339e4655c"

ES256 = ECKey.generate_key("P-256", parameters={"kid": "first"})
ED25519 = OKPKey.generate_key("Ed25519", parameters={"kid": "second"})
STRANGER = ECKey.generate_key("P-256", parameters={"kid": "first"})
P384 = ECKey.generate_key("P-384", parameters={"kid": "third"})
RSA = RSAKey.generate_key(2048, parameters={"kid": "fourth"})
PUBLIC = KeySet([
    ECKey.import_key(ES256.as_dict(private=False)),
    OKPKey.import_key(ED25519.as_dict(private=False)),
    ECKey.import_key(P384.as_dict(private=False)),
    RSAKey.import_key(RSA.as_dict(private=False)),
])  # fmt: skip

Json = dict[str, Any]


def verifier(now: float = NOW) -> TokenVerifier:
    return TokenVerifier(PUBLIC, issuer=ISSUER, audience=AUDIENCE, now=lambda: now)


def claims(**changed: Any) -> Json:
    genuine = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": SUBJECT,
        "iat": NOW - 60,
        "exp": NOW + 600,
        "jti": str(uuid4()),
        "roles": ["caseworker"],
        "agency": "IQ-MODM",
        "country": "IQ",
    }
    return {name: value for name, value in {**genuine, **changed}.items() if value is not ...}


def header(**changed: Any) -> Json:
    genuine = {"alg": "ES256", "kid": "first", "typ": "at+jwt"}
    return {name: value for name, value in {**genuine, **changed}.items() if value is not ...}


def b64(raw: bytes) -> bytes:
    return base64.urlsafe_b64encode(raw).rstrip(b"=")


def signed_text(head: str, payload: str, key: Any = ES256, alg: str = "ES256") -> bytes:
    """Sign a token of any header and payload, as an attacker with a key would: no library looks at them."""
    signing_input = b64(head.encode()) + b"." + b64(payload.encode())
    return signing_input + b"." + b64(jws.JWSRegistry.algorithms[alg].sign(signing_input, key))


def signed(head: Json | None = None, payload: Any = None, key: Any = ES256, alg: str = "ES256") -> bytes:
    return signed_text(json.dumps(head or header()), json.dumps(claims() if payload is None else payload), key, alg)


def with_claims(**changed: Any) -> bytes:
    return signed(payload=claims(**changed))


def with_header(**changed: Any) -> bytes:
    return signed(header(**changed))


def test_a_genuine_token_is_believed() -> None:
    read = verifier().verify(signed())
    assert (str(read.subject), read.roles, read.agency, read.country) == (SUBJECT, {"caseworker"}, "IQ-MODM", "IQ")
    assert read.expires_at == NOW + 600


@pytest.mark.parametrize("name", ["EdDSA", "Ed25519"])
def test_a_genuine_token_on_the_edwards_curve_is_believed_under_both_its_names(name: str) -> None:
    assert verifier().verify(signed(header(alg=name, kid="second"), key=ED25519, alg="Ed25519")).agency == "IQ-MODM"


def test_a_token_without_a_country_is_believed() -> None:
    assert verifier().verify(with_claims(country=...)).country is None


def test_a_token_lives_a_quarter_of_an_hour_at_most_to_the_second() -> None:
    at_most = claims(iat=NOW, exp=NOW + LIFE_SECONDS)
    assert verifier().verify(signed(payload=at_most)).expires_at == NOW + LIFE_SECONDS
    assert verifier(NOW + LIFE_SECONDS - 1).verify(signed(payload=at_most))
    with pytest.raises(TokenRefused):
        verifier(NOW + LIFE_SECONDS).verify(signed(payload=at_most))


def pem() -> bytes:
    public = ES256.public_key
    return public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def hmac_with_the_public_key() -> bytes:
    signing_input = b64(json.dumps(header(alg="HS256")).encode()) + b"." + b64(json.dumps(claims()).encode())
    return signing_input + b"." + b64(hmac.digest(pem(), signing_input, sha256))


def unsigned() -> bytes:
    return b64(json.dumps(header(alg="none")).encode()) + b"." + b64(json.dumps(claims()).encode()) + b"."


def parts(token: bytes) -> list[bytes]:
    return token.split(b".")


def with_signature(change: Callable[[bytes], bytes]) -> bytes:
    head, payload, signature = parts(signed())
    raw = base64.urlsafe_b64decode(signature + b"==")
    return b".".join((head, payload, b64(change(raw))))


def other_spelling() -> bytes:
    """The same signature, its unused last bits set: a library that does not look takes both for one token."""
    token = bytearray(signed())
    alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    token[-1] = alphabet[alphabet.index(token[-1]) | 1]
    return bytes(token)


def swapped_payload() -> bytes:
    head, _, signature = parts(signed())
    return b".".join((head, b64(json.dumps(claims(roles=["supervisor"])).encode()), signature))


HOSTILE: dict[str, Callable[[], bytes]] = {
    # signatures
    "unsigned": unsigned,
    "unsigned, with None": lambda: unsigned().replace(b64(b'"none"'), b64(b'"None"')) + b"AA",
    "signed by a stranger under our key id": lambda: signed(key=STRANGER),
    "HMAC with our public key": hmac_with_the_public_key,
    "payload exchanged": swapped_payload,
    "signature of zeros": lambda: with_signature(lambda _: bytes(64)),
    "signature cut": lambda: with_signature(lambda raw: raw[:63]),
    "signature prolonged": lambda: with_signature(lambda raw: raw + b"\0"),
    "signature flipped in one bit": lambda: with_signature(lambda raw: bytes([raw[0] ^ 1]) + raw[1:]),
    "signature empty": lambda: b".".join([*parts(signed())[:2], b""]),
    "another curve under its own key id": lambda: signed(header(alg="ES384", kid="third"), key=P384, alg="ES384"),
    "another curve that says it is ours": lambda: signed(header(kid="third"), key=P384, alg="ES384"),
    "RSA": lambda: signed(header(alg="RS256", kid="fourth"), key=RSA, alg="RS256"),
    "RSA with PSS": lambda: signed(header(alg="PS256", kid="fourth"), key=RSA, alg="PS256"),
    "algorithm of another key": lambda: signed(header(kid="second")),
    "algorithm in another case": lambda: with_header(alg="es256"),
    "algorithm a list": lambda: with_header(alg=["ES256"]),
    # header
    "no type": lambda: with_header(typ=...),
    "type of an identity token": lambda: with_header(typ="JWT"),
    "type in capitals": lambda: with_header(typ="AT+JWT"),
    "critical extension": lambda: with_header(crit=["exp"], exp=NOW),
    "critical and empty": lambda: with_header(crit=[]),
    "unencoded payload": lambda: with_header(b64=False, crit=["b64"]),
    "key brought along": lambda: signed(header(jwk=STRANGER.as_dict(private=False)), key=STRANGER),
    "address of a key set": lambda: signed(header(jku="https://attacker.example/jwks"), key=STRANGER),
    "certificate brought along": lambda: signed(header(x5c=["MIIB"]), key=STRANGER),
    "address of a certificate": lambda: signed(header(x5u="https://attacker.example/c"), key=STRANGER),
    "compressed": lambda: with_header(zip="DEF"),
    "no key id": lambda: with_header(kid=...),
    "unknown key id": lambda: with_header(kid="fifth"),
    "key id a path": lambda: with_header(kid="../../dev/null"),
    "key id a number": lambda: with_header(kid=1),
    "header no object": lambda: signed_text("[]", json.dumps(claims())),
    "header with a member twice": lambda: signed_text(
        '{"alg":"ES256","alg":"ES256","kid":"first","typ":"at+jwt"}', json.dumps(claims())
    ),
    # time
    "expired": lambda: with_claims(iat=NOW - 700, exp=NOW - 1),
    "expires now": lambda: with_claims(iat=NOW - 600, exp=NOW),
    "no expiry": lambda: with_claims(exp=...),
    "expiry text": lambda: with_claims(exp=str(NOW + 600)),
    "expiry with a fraction": lambda: with_claims(exp=NOW + 600.5),
    "expiry true": lambda: with_claims(exp=True),
    "expiry null": lambda: with_claims(exp=None),
    "expiry beyond all numbers": lambda: signed_text(
        json.dumps(header()), json.dumps(claims()).replace(str(NOW + 600), "1e999")
    ),
    "expiry not a number": lambda: signed_text(
        json.dumps(header()), json.dumps(claims()).replace(str(NOW + 600), "NaN")
    ),
    "lives too long": lambda: with_claims(iat=NOW, exp=NOW + LIFE_SECONDS + 1),
    "issued long ago to live for ever": lambda: with_claims(iat=0),
    "issued in the future": lambda: with_claims(iat=NOW + 60, exp=NOW + 600),
    "no time of issue": lambda: with_claims(iat=...),
    "negative time of issue": lambda: with_claims(iat=-1),
    "not yet good": lambda: with_claims(nbf=NOW + 60),
    "not-before text": lambda: with_claims(nbf="now"),
    # who and for whom
    "another issuer": lambda: with_claims(iss="https://attacker.example"),
    "our issuer with a slash": lambda: with_claims(iss=ISSUER + "/"),
    "no issuer": lambda: with_claims(iss=...),
    "issuer a list": lambda: with_claims(iss=[ISSUER]),
    "another audience": lambda: with_claims(aud="elsewhere"),
    "our audience among others": lambda: with_claims(aud=[AUDIENCE, "elsewhere"]),
    "our audience, longer": lambda: with_claims(aud=AUDIENCE + "2"),
    "no audience": lambda: with_claims(aud=...),
    "no subject": lambda: with_claims(sub=...),
    "subject a name": lambda: with_claims(sub="amina"),
    "subject in capitals": lambda: with_claims(sub=SUBJECT.upper()),
    "no roles": lambda: with_claims(roles=...),
    "roles a text": lambda: with_claims(roles="caseworker"),
    "roles empty": lambda: with_claims(roles=[]),
    "roles nested": lambda: with_claims(roles=[["caseworker"]]),
    "no agency": lambda: with_claims(agency=...),
    "agency everyone": lambda: with_claims(agency="*"),
    "country everyone": lambda: with_claims(country="*"),
    "country two in one": lambda: with_claims(country="IQ,DK"),
    "no token id": lambda: with_claims(jti=...),
    "payload no object": lambda: signed(payload=[claims()]),
    "payload with a member twice": lambda: signed_text(
        json.dumps(header()), json.dumps(claims())[:-1] + ', "roles": ["auditor"]}'
    ),
    # form
    "empty": lambda: b"",
    "three dots": lambda: signed() + b".",
    "five parts": lambda: b".".join([*parts(signed()), b"AA", b"AA"]),
    "padded": lambda: signed() + b"==",
    "another spelling of the same bytes": other_spelling,
    "line break": lambda: signed() + b"\n",
    "plain base64": lambda: with_signature(lambda raw: b"\xfb\xff" + raw[2:]).replace(b"-", b"+").replace(b"_", b"/"),
    "not UTF-8": lambda: b".".join((b64(b"\xff\xfe"), *parts(signed())[1:])),
    "too long": lambda: with_claims(note="x" * MAX_TOKEN_BYTES),
    "nested without end": lambda: signed_text(json.dumps(header()), "[" * 2_000 + "]" * 2_000),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_no_hostile_token_is_believed(kind: str) -> None:
    token = HOSTILE[kind]()
    with pytest.raises(TokenRefused):
        verifier().verify(token)


def test_there_are_at_least_sixty_hostile_tokens() -> None:
    assert len(HOSTILE) >= 60
