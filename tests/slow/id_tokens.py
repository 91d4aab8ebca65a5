"""
What schemathesis sends to the exchange of ID tokens beside its own: each token that was signed for it, and texts built
like one. It loads this file itself, in its own environment.
"""

import base64
import json
import os
from pathlib import Path

import schemathesis
from hypothesis import strategies as st

SIGNED = json.loads(Path(os.environ["ID_TOKENS"]).read_text())
WORDS = st.sampled_from(["RS256", "ES256", "HS256", "none", "JWT", "brokkr", "key-1"])
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | WORDS
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8)


@schemathesis.hook
def before_add_examples(context, examples):
    bodies = ({"token": token} for token in SIGNED)
    examples += [context.operation.Case(body=body, media_type="application/json") for body in bodies]


@schemathesis.hook
def before_generate_body(context, strategy):
    header = members("alg", "kid", "typ", "crit", "b64").map(json.dumps)
    claims = members("iss", "sub", "aud", "iat", "nbf", "exp").map(json.dumps)
    parts = (text.map(str.encode).map(encoded) for text in (header, claims))
    unsigned = st.tuples(*parts, st.binary(min_size=1).map(encoded)).map(".".join)
    return strategy | unsigned.map(lambda token: {"token": token})


def members(*names):
    """
    An object with some of these, or anything else.
    """
    return st.fixed_dictionaries({}, optional=dict.fromkeys(names, VALUES)) | VALUES


def encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
