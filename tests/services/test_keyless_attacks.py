"""
What is tried with ID tokens: each gets the same refusal, and the log says why.
"""

import base64
import hashlib
import hmac
import json
import time

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from chalicelib.domain.keyless import IdToken
from chalicelib.domain.principals import Origin
from chalicelib.errors.protocol import IdTokenRefused
from chalicelib.services import keyless
from chalicelib.services.issuer_keys import IssuerKeys
from tests.support.issuer import SUBJECT, Issuer, jwk, trust_issuer
from tests.support.world import a_generator, rows, without_refusals

NOW = int(time.time())


@pytest.fixture(scope="module")
def issuer():
    made = Issuer()
    yield made
    made.close()


@pytest.fixture
def refused(table, issuer):
    """
    Why a token was refused, once it is sure that it changed nothing.
    """
    issuer.rotate("RS256")
    trust_issuer(issuer, a_generator().id)

    def ask(token, keys=None):
        before = without_refusals(rows(table))
        with pytest.raises(IdTokenRefused) as refusal:
            keyless.exchange(IdToken(token=token), Origin("192.0.2.7"), keys or IssuerKeys())
        assert without_refusals(rows(table)) == before
        return refusal.value.reason

    return ask


def part(value):
    text = value if isinstance(value, str) else json.dumps(value)
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def forged(header, claims, signature="x"):
    return f"{part(header)}.{part(claims)}.{signature}"


@pytest.mark.parametrize(
    "algorithm", ["none", "None", "NONE", "", "HS256", "HS512", "EdDSA", "ES256K", None, ["RS256"]]
)
def test_an_algorithm_that_is_not_on_the_list_is_refused(refused, issuer, algorithm):
    assert "alg" in refused(forged({"alg": algorithm, "kid": issuer.kid}, issuer.claims()))


def test_a_signature_made_with_the_public_key_as_a_secret_is_refused(refused, issuer):
    public = issuer.key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    signed = f"{part({'alg': 'HS256', 'kid': issuer.kid})}.{part(issuer.claims())}"
    signature = base64.urlsafe_b64encode(hmac.digest(public, signed.encode(), hashlib.sha256)).rstrip(b"=").decode()

    assert "HS256" in refused(f"{signed}.{signature}")


def test_an_unsigned_token_is_refused(refused, issuer):
    assert refused(forged({"alg": "none"}, issuer.claims(), "")) == "it is no signed token"


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"aud": "another"}, "InvalidAudienceError"),
        ({"aud": []}, '"aud"'),
        ({"aud": {"brokkr": 1}}, "InvalidAudienceError"),
        ({"aud": ["another", 5]}, "InvalidAudienceError"),
        ({"iss": "https://ci.example"}, "nobody trusts its issuer"),
        ({"exp": NOW - 120, "iat": NOW - 400}, "ExpiredSignatureError"),
        ({"nbf": NOW + 36_000}, "ImmatureSignatureError"),
        ({"iat": NOW + 36_000}, "ImmatureSignatureError"),
        ({"iat": NOW - 7200, "exp": NOW + 36_000}, "issued more than"),
        ({"exp": "9999999999"}, "its exp is no moment"),
        ({"exp": True}, "its exp is no moment"),
        ({"exp": 1e400}, "a part of it is not JSON"),
        ({"exp": 10**400}, "its exp is no moment"),
        ({"nbf": None}, "its nbf is no moment"),
        ({"sub": "repo:acme/other:ref:refs/heads/main"}, "no generator trusts the subject"),
        ({"sub": "repo:acme/web:pull_request"}, "no generator trusts the subject"),
        ({"sub": [SUBJECT]}, "its sub is no text"),
        ({"sub": {"a": SUBJECT}}, "its sub is no text"),
        ({"sub": SUBJECT + "\n"}, "its sub is no text"),
        ({"sub": "repo:acme/web:" + "x" * 2000}, "its sub is no text"),
        ({"iss": ["a"]}, "its iss is no text"),
    ],
)
def test_a_claim_that_is_wrong_is_refused(refused, issuer, claims, reason):
    assert reason in refused(issuer.token(**claims))


@pytest.mark.parametrize("name", ["iss", "sub", "aud", "exp", "iat"])
def test_a_claim_that_is_missing_is_refused(refused, issuer, name):
    assert name in refused(issuer.token(without=(name,)))


def test_a_token_without_a_key_id_is_refused(refused, issuer):
    assert "kid" in refused(forged({"alg": "RS256"}, issuer.claims()))


def test_another_key_of_the_same_name_is_refused(refused, issuer):
    """
    The other issuer is trusted too: its key opens nothing that is signed in the first one's name.
    """
    other = Issuer()
    other.rotate("RS256", kid=issuer.kid)
    other.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    other.publish([jwk(other.key, other.kid)])
    trust_issuer(other, a_generator().id, subject="repo:other/web:ref:refs/heads/main")
    keys = IssuerKeys()

    assert "InvalidSignatureError" in refused(other.token(iss=issuer.url), keys)
    assert "no generator trusts the subject" in refused(other.token(), keys)
    other.close()


def test_a_key_that_was_rotated_away_is_refused(refused, issuer):
    old = issuer.token()

    issuer.rotate("ES256")

    assert "has no key" in refused(old)


def test_a_key_for_another_algorithm_is_refused(refused, issuer):
    issuer.publish([jwk(issuer.key, issuer.kid, alg="RS512")])

    assert "not that of its key" in refused(issuer.token())


def test_a_key_of_another_kind_is_refused(refused, issuer):
    issuer.publish([jwk(ec.generate_private_key(ec.SECP256R1()), issuer.kid)])

    assert refused(issuer.token())


def test_a_key_of_another_curve_is_refused(refused, issuer):
    key = ec.generate_private_key(ec.SECP384R1())
    issuer.publish([jwk(key, issuer.kid)])

    assert refused(issuer.token(key=ec.generate_private_key(ec.SECP256R1()), algorithm="ES256"))


def test_a_weak_key_is_refused(refused, issuer):
    weak = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    issuer.publish([jwk(weak, issuer.kid)])
    header, claims, _ = issuer.token().split(".")

    assert "InvalidKeyError" in refused(f"{header}.{claims}.AAAA")


@pytest.mark.parametrize("broken", [{"n": 5}, {"n": "!"}, {"e": None}, {"n": ""}, {"e": "AA"}, {"n": "é"}])
def test_a_key_that_cannot_be_read_is_refused(refused, issuer, broken):
    issuer.publish([jwk(issuer.key, issuer.kid) | broken])

    assert refused(issuer.token())


def test_a_key_for_encryption_is_none(refused, issuer):
    issuer.publish([jwk(issuer.key, issuer.kid, use="enc")])

    assert "has no key" in refused(issuer.token())


@pytest.mark.parametrize("header", ["jku", "x5u", "jwk", "x5c"])
def test_a_key_that_the_token_brings_along_is_not_looked_at(refused, issuer, header):
    """
    Nor is anybody asked for it.
    """
    thief = Issuer()
    thief.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    brought = {"jku": f"{thief.url}/keys", "x5u": f"{thief.url}/keys", "jwk": jwk(thief.key, "k"), "x5c": ["AAAA"]}

    reason = refused(issuer.token(key=thief.key, headers={header: brought[header]}))

    assert "InvalidSignatureError" in reason
    assert thief.asked == []
    thief.close()


@pytest.mark.parametrize("header", [{"crit": ["exp"]}, {"b64": False}, {"crit": ["b64"], "b64": False}])
def test_an_extension_is_refused(refused, issuer, header):
    assert "extension" in refused(forged({"alg": "RS256", "kid": issuer.kid} | header, issuer.claims()))


def test_what_is_said_twice_is_refused(refused, issuer):
    """
    Two readers of such a token may believe different things.
    """
    twice = json.dumps(issuer.claims())[:-1] + f', "sub": "{SUBJECT}"}}'

    assert refused(forged({"alg": "RS256", "kid": issuer.kid}, twice)) == "it says something twice"
    assert refused(forged('{"alg": "RS256", "alg": "none", "kid": "a"}', issuer.claims())) == "it says something twice"


@pytest.mark.parametrize(
    "token",
    ["x", "a.b", "a.b.c", "a.b.c.d", ".b.c", "..", "a.b.é", " a.b.c", "a.b.c\n", f"{part('[]')}.{part('{}')}.x"],
)
def test_what_is_no_token_is_refused(refused, token):
    assert refused(token)


def test_a_token_nested_as_deep_as_it_may_be_long_is_refused(refused):
    assert refused(forged("[" * 6000, "[" * 6000)) == "a part of it is not JSON"


def test_a_changed_token_is_refused(refused, issuer):
    header, _, signature = issuer.token().split(".")

    assert "InvalidSignatureError" in refused(f"{header}.{part(issuer.claims(exp=NOW + 3000))}.{signature}")


def test_the_answer_never_says_why(refused, issuer):
    with pytest.raises(IdTokenRefused) as one:
        keyless.exchange(IdToken(token=issuer.token(aud="x")), Origin(), IssuerKeys())
    with pytest.raises(IdTokenRefused) as other:
        keyless.exchange(IdToken(token="nonsense"), Origin(), IssuerKeys())

    assert one.value.message == other.value.message
