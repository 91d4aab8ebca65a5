"""
`brokkr` in a pipeline that has no PAK.
"""

import httpx
import pytest

from app import app
from cli.calls import Calls
from cli.errors import Refused
from cli.jobs import job_of
from cli.sign_in import Lent
from tests.support.issuer import SUBJECT, an_issuer, trust_issuer
from tests.support.transport import BrokerTransport

ASKED = "https://github.example/token?version=1"
GITHUB = {
    "BROKKR_PAK": "",
    "GITHUB_ACTIONS": "true",
    "ACTIONS_ID_TOKEN_REQUEST_URL": ASKED,
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "githubs-own",
}


class Pipeline(httpx.BaseTransport):
    """
    The broker, and GitHub beside it, which makes ID tokens.
    """

    def __init__(self):
        self.broker, self.issuer = BrokerTransport(app), an_issuer()
        self.asked, self.signed, self.is_away = [], [], False

    def handle_request(self, request):
        if request.url.host != "github.example":
            self.signed.append(request.headers.get("authorization"))
            return self.broker.handle_request(request)
        self.asked.append(request)
        if self.is_away:
            return httpx.Response(500, json={})
        return httpx.Response(200, json={"value": self.issuer.token(aud=request.url.params["audience"])})


@pytest.fixture
def pipeline(http):
    return Pipeline()


@pytest.fixture
def trusted(pipeline, ci):
    return trust_issuer(pipeline.issuer, ci.id)


def test_a_job_of_githubs_is_let_in_by_its_id_token(brokkr, pipeline, trusted, manifests):
    done = brokkr("apply", "-f", manifests, "--stack", "web", env=GITHUB, transport=pipeline)

    [asked] = pipeline.asked
    assert done.out.startswith('created stack "web"')
    assert asked.url.params["audience"] == "brokkr"
    assert asked.url.params["version"] == "1"
    assert asked.headers["authorization"] == "Bearer githubs-own"


def test_a_job_of_gitlabs_is_let_in_by_the_id_token_in_its_environment(brokkr, pipeline, trusted):
    env = {"BROKKR_PAK": "", "GITLAB_CI": "true", "BROKKR_ID_TOKEN": pipeline.issuer.token()}

    assert brokkr("whoami", env=env, transport=pipeline).out.startswith('generator "ci"')


def test_a_pak_that_is_given_counts_more(brokkr, pipeline, trusted, ci):
    done = brokkr("whoami", env=GITHUB | {"BROKKR_PAK": str(ci.pak)}, transport=pipeline)

    assert done.code == 0
    assert pipeline.asked == []


def test_githubs_own_token_goes_to_github_alone_and_an_id_token_to_nobody_as_a_header(brokkr, pipeline, trusted):
    brokkr("whoami", env=GITHUB, transport=pipeline)

    exchange, *others = pipeline.signed
    assert exchange is None
    assert all(header.startswith("Bearer brokkr_BR") for header in others)


def test_another_audience_is_asked_for_where_it_is_set(brokkr, pipeline, ci):
    trust_issuer(pipeline.issuer, ci.id, audience="mine")

    done = brokkr("whoami", env=GITHUB | {"BROKKR_AUDIENCE": "mine"}, transport=pipeline)

    assert done.code == 0


def test_a_job_that_nobody_trusts_is_told_what_the_operator_types(brokkr, pipeline):
    refused = brokkr("whoami", env=GITHUB, transport=pipeline)

    assert refused.code == 1
    assert "401 unauthorized" in refused.err
    command = f"trust generator --uuid ID --issuer {pipeline.issuer.url} --subject {SUBJECT} --audience brokkr"
    assert command in refused.err.replace("%0A", "\n")
    assert "eyJ" not in refused.out + refused.err


@pytest.mark.parametrize("claims", [{"exp": 5}, {"iat": 5}])
def test_a_token_that_is_too_old_is_said_to_be(brokkr, pipeline, trusted, claims):
    """
    GitLab makes one when the job begins. Trusting the job once more would change nothing.
    """
    env = {"BROKKR_PAK": "", "BROKKR_ID_TOKEN": pipeline.issuer.token(**claims)}

    refused = brokkr("whoami", env=env, transport=pipeline)

    assert refused.code == 1
    assert "hint: the job's ID token is too old" in refused.err
    assert "trust generator" not in refused.err


@pytest.mark.parametrize("token", ["nonsense", "a.b.c", "a.bm9uc2Vuc2U.c"])
def test_what_is_no_id_token_is_said_to_be_none(brokkr, pipeline, token):
    refused = brokkr("whoami", env={"BROKKR_PAK": "", "BROKKR_ID_TOKEN": token}, transport=pipeline)

    assert refused.code == 1
    assert "is no ID token" in refused.err


@pytest.mark.parametrize(
    ("env", "hint"), [("GITHUB_ACTIONS", "id-token: write"), ("GITLAB_CI", "id_tokens"), ("CI", "brokkr login")]
)
def test_a_pipeline_with_neither_is_told_of_both(brokkr, env, hint):
    refused = brokkr("whoami", env={"BROKKR_PAK": "", env: "true"})

    assert refused.code == 1
    assert "no PAK is given" in refused.err
    assert hint in refused.err


def test_a_login_needs_a_pak_that_lasts(brokkr, pipeline, trusted):
    refused = brokkr("login", env=GITHUB, transport=pipeline)

    assert refused.code == 1
    assert "no PAK is given" in refused.err
    assert pipeline.asked == []


def lent(pipeline, clock):
    def calls(url, signer):
        return Calls(url, signer, transport=pipeline, sleep=lambda _: None)

    return Lent(job_of(GITHUB), "http://broker", calls, clock)


def test_what_is_lent_is_renewed_before_it_ends(pipeline, trusted):
    now = [0.0]
    signer = lent(pipeline, lambda: now[0])

    paks = []
    for now[0] in (0.0, 599.0, 600.0, 1100.0, 1200.0):
        paks.append(signer().secret)

    assert [paks.index(pak) for pak in paks] == [0, 0, 2, 2, 4]


def test_a_ci_that_is_away_ends_a_wait_no_sooner_than_what_was_lent(pipeline, trusted):
    """
    And it is not asked with each request meanwhile.
    """
    now = [0.0]
    signer = lent(pipeline, lambda: now[0])
    first = signer()
    pipeline.is_away, pipeline.asked = True, []

    for now[0] in (600.0, 601.0, 629.0, 899.0):
        assert signer() == first

    assert len(pipeline.asked) == 2
    now[0] = 930.0
    with pytest.raises(Refused, match="500"):
        signer()
