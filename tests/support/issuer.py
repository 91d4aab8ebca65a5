"""
A CI's issuer of ID tokens, on loopback: it publishes its keys, and can rotate them, fall silent and lie.
"""

import json
import time
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from threading import Thread

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from chalicelib.domain.principals import ADMIN
from chalicelib.domain.trusts import NewTrust
from chalicelib.services import trusts

SUBJECT = "repo:acme/web:ref:refs/heads/main"
DISCOVERY = "/.well-known/openid-configuration"
_number = count(1)


@cache
def rsa_key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Issuer:
    """
    `answers` are what stands at its paths: status, headers, body; or what writes to the caller. `asked` are the paths
    that were asked for.
    """

    def __init__(self):
        self.asked, self.answers, self.keys = [], {}, {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self.rotate()

    def _handler(self):
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                issuer.asked.append(self.path)
                answer = issuer.answers.get(self.path, (404, {}, b""))
                if callable(answer):
                    answer(self.wfile)
                    return
                status, headers, body = answer
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *said):
                pass

        return Handler

    def rotate(self, algorithm="ES256", kid=None):
        """
        A new key, and nothing of the old one.
        """
        key = rsa_key() if algorithm[0] in "RP" else ec.generate_private_key(ec.SECP256R1())
        self.algorithm, self.kid, self.key = algorithm, kid or f"key-{next(_number)}", key
        self.publish([jwk(key, self.kid)])

    def publish(self, keys, **discovery):
        said = {"issuer": self.url, "jwks_uri": f"{self.url}/keys"} | discovery
        self.answer(DISCOVERY, said)
        self.answer("/keys", {"keys": keys})

    def answer(self, path, body, status=200, **headers):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.answers[path] = status, headers, data

    def fail(self):
        self.answers = dict.fromkeys(self.answers, (500, {}, b""))

    def claims(self, **other):
        now = int(time.time())
        said = {"iss": self.url, "aud": "brokkr", "sub": SUBJECT, "iat": now, "nbf": now, "exp": now + 300}
        return said | {"repository": "acme/web", "run_id": "7", "run_attempt": "1"} | other

    def token(self, *, headers=None, key=None, algorithm=None, without=(), **claims):
        said = {name: value for name, value in self.claims(**claims).items() if name not in without}
        return jwt.PyJWS().encode(
            json.dumps(said).encode(),
            key or self.key,
            algorithm or self.algorithm,
            {"typ": "JWT", "kid": self.kid} | (headers or {}),
        )

    def close(self):
        self._server.shutdown()
        self._server.server_close()


def jwk(key, kid, **more):
    kind = RSAAlgorithm if isinstance(key, rsa.RSAPrivateKey) else ECAlgorithm
    return kind.to_jwk(key.public_key(), as_dict=True) | {"kid": kid, "use": "sig"} | more


@cache
def an_issuer():
    """
    One for all that need no more than a good token.
    """
    return Issuer()


def trust_issuer(issuer, generator_id, subject=SUBJECT, audience="brokkr"):
    new = NewTrust(issuer=issuer.url, subject=subject, audience=audience)
    return trusts.add_trust(ADMIN, generator_id, new)
