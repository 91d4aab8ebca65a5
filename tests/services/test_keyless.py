"""
A CI's job without a PAK: what lets it in, and for how long.
"""

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.audit import Wanted
from chalicelib.domain.keyless import IdToken
from chalicelib.domain.principals import ADMIN, Origin
from chalicelib.domain.stacks import NewStack
from chalicelib.domain.trusts import InvalidTrust, NewTrust, TrustNotFound
from chalicelib.errors.forbidden import Forbidden, SystemGeneratorNotATenant
from chalicelib.errors.not_found import GeneratorNotFound
from chalicelib.errors.protocol import IdTokenRefused, Unauthorized
from chalicelib.services import generators, keyless, stacks, trusts
from chalicelib.services.authentication import authenticate
from chalicelib.services.issuer_keys import IssuerKeys
from chalicelib.store import audit_pages
from tests.support.issuer import SUBJECT, Issuer, an_issuer, trust_issuer
from tests.support.world import a_generator

HERE = Origin("192.0.2.7", "brokkr/0.1")


@pytest.fixture
def issuer(installation):
    return an_issuer()


@pytest.fixture
def ci(installation):
    return a_generator()


def exchange(token, **how):
    return keyless.exchange(IdToken(token=token), HERE, IssuerKeys(), **how)


def why_not(token, **how):
    with pytest.raises(IdTokenRefused) as refusal:
        exchange(token, **how)
    return refusal.value.reason


def log(action):
    return audit_pages.find(Wanted(action=action), datetime.now(UTC) + timedelta(minutes=1)).entries


def test_a_job_that_is_trusted_acts_as_the_generator_for_a_quarter_of_an_hour(issuer, ci):
    trust_issuer(issuer, ci.id)
    before = datetime.now(UTC)

    lent = exchange(issuer.token())

    assert authenticate(f"Bearer {lent.pak}") == ci
    assert timedelta(minutes=14, seconds=58) < lent.expires_at - before <= timedelta(minutes=15, seconds=2)


def test_what_was_lent_ends_when_it_should_though_the_store_still_has_it(issuer, ci):
    trust_issuer(issuer, ci.id)
    lent = exchange(issuer.token())

    with pytest.raises(Unauthorized):
        authenticate(str(lent.pak), now=lambda: lent.expires_at)


def test_a_trust_that_is_removed_stops_what_was_lent_by_it_at_once(issuer, ci):
    trust = trust_issuer(issuer, ci.id)
    lent = exchange(issuer.token())
    authenticate(str(lent.pak))

    trusts.remove_trust(ADMIN, trust.id)

    with pytest.raises(Unauthorized):
        authenticate(str(lent.pak))
    assert "nobody trusts its issuer" in why_not(issuer.token())


def test_a_generator_that_is_deleted_stops_what_was_lent_in_its_name_at_once(issuer, ci):
    trust_issuer(issuer, ci.id)
    lent = exchange(issuer.token())

    generators.delete_generator(ADMIN, ci.id)

    with pytest.raises(Unauthorized):
        authenticate(str(lent.pak))
    assert trusts.list_trusts(ADMIN) == []


def test_rotating_the_generators_pak_leaves_what_was_lent(issuer, ci):
    trust_issuer(issuer, ci.id)
    lent = exchange(issuer.token())

    generators.rotate_generator_pak(ADMIN, ci.id)

    assert authenticate(str(lent.pak)) == ci


def test_what_was_lent_for_minutes_makes_no_pak_for_good(issuer, ci):
    trust_issuer(issuer, ci.id)
    lent = exchange(issuer.token())

    with pytest.raises(Forbidden):
        generators.rotate_generator_pak(authenticate(str(lent.pak)), ci.id)


def test_the_log_tells_who_came_in_and_whose_job_did_what_later(issuer, ci):
    trust = trust_issuer(issuer, ci.id)

    lent = exchange(issuer.token())
    stacks.create_stack(authenticate(str(lent.pak)), NewStack(name="web"))

    [came], [did] = log("auth.oidc"), log("stack.created")
    who = {"subject": SUBJECT, "run": "7/1"}
    assert (came.actor_type, came.actor_id, came.ip_address) == ("generator", ci.id, "192.0.2.7")
    claims = {"repository": "acme/web", "run_id": "7", "run_attempt": "1"}
    assert came.details == {"issuer": issuer.url, "trust_id": str(trust.id), "claims": claims, "oidc": who}
    assert did.details["oidc"] == who


def test_what_a_job_says_of_itself_can_be_shown(issuer, ci):
    trust_issuer(issuer, ci.id)

    exchange(issuer.token(repository="acme\ud800/web", ref="a\nb\0", sha="ü", run_id="\udfff"))

    [row] = log("auth.oidc")
    told = row.details["claims"]
    assert (told["repository"], told["ref"], told["sha"], told["run_id"]) == ("acme?/web", "a?b?", "ü", "?")
    assert row.details["oidc"]["run"] == "?/1"


def test_a_refusal_is_written_down_with_its_reason(issuer, ci):
    trust_issuer(issuer, ci.id)

    reason = why_not(issuer.token(aud="another"))

    [row] = log("auth.failed")
    assert row.details == {"reason": "invalid_id_token", "why": reason, "path": "/auth/oidc"}


def test_a_gitlab_job_is_told_by_its_pipeline_and_job(issuer, ci):
    trust_issuer(issuer, ci.id, subject="project_path:acme/*:ref_type:branch:ref:main")
    subject = "project_path:acme/web:ref_type:branch:ref:main"

    exchange(issuer.token(sub=subject, pipeline_id="12", job_id="34", without=("run_id", "run_attempt")))

    assert log("auth.oidc")[0].details["oidc"] == {"subject": subject, "run": "12/34"}


def test_several_trusts_of_one_generator_may_fit(issuer, ci):
    trust_issuer(issuer, ci.id)
    trust_issuer(issuer, ci.id, subject="repo:acme/*:ref:refs/heads/main")

    assert exchange(issuer.token()).generator_id == ci.id


def test_a_token_that_two_generators_trust_is_nobodys(issuer, ci):
    trust_issuer(issuer, ci.id)
    trust_issuer(issuer, a_generator().id, subject="repo:acme/*:ref:refs/heads/main")

    assert "2 generators trust" in why_not(issuer.token())


def test_a_deleted_generator_is_no_second_one(issuer, ci):
    other = a_generator()
    trust_issuer(issuer, ci.id)
    trust_issuer(issuer, other.id)

    generators.delete_generator(ADMIN, other.id)

    assert exchange(issuer.token()).generator_id == ci.id


def test_an_audience_counts_for_the_trust_that_names_it(issuer, ci):
    """
    A token for one broker must not open another generator's door because that one trusts the same issuer.
    """
    trust_issuer(issuer, ci.id, audience="mine")
    trust_issuer(issuer, a_generator().id, subject="repo:other/web:ref:refs/heads/main", audience="brokkr")

    assert "no generator trusts the subject" in why_not(issuer.token(aud="brokkr"))
    assert exchange(issuer.token(aud=["else", "mine"])).generator_id == ci.id


def test_a_trust_given_twice_is_one(issuer, ci):
    first = trust_issuer(issuer, ci.id)

    assert trust_issuer(issuer, ci.id) == first
    assert trusts.list_trusts(ADMIN, ci.id) == [first]
    assert [row.details["trust_id"] for row in log("trust.created")] == [str(first.id)]


def test_trusts_are_an_admins_matter(issuer, ci):
    new = NewTrust(issuer=issuer.url, subject=SUBJECT)

    with pytest.raises(Forbidden):
        trusts.add_trust(ci, ci.id, new)
    with pytest.raises(Forbidden):
        trusts.list_trusts(ci)


def test_a_trust_needs_a_generator_that_can_have_a_pipeline(installation, issuer, ci):
    new = NewTrust(issuer=issuer.url, subject=SUBJECT)
    generators.delete_generator(ADMIN, ci.id)

    with pytest.raises(GeneratorNotFound):
        trusts.add_trust(ADMIN, ci.id, new)
    with pytest.raises(SystemGeneratorNotATenant):
        trusts.add_trust(ADMIN, installation.system_generator_id, new)
    with pytest.raises(InvalidTrust):
        trusts.add_trust(ADMIN, installation.admin_generator_id, NewTrust(issuer="http://ci.example", subject=SUBJECT))


def test_a_trust_that_is_not_there_is_not_removed(issuer, ci):
    trust = trust_issuer(issuer, ci.id)
    trusts.remove_trust(ADMIN, trust.id)

    with pytest.raises(TrustNotFound):
        trusts.remove_trust(ADMIN, trust.id)
    assert [row.resource_id for row in log("trust.deleted")] == [ci.id]


def test_an_rsa_key_counts_as_well(ci):
    issuer = Issuer()
    issuer.rotate("RS256")
    trust_issuer(issuer, ci.id)

    assert exchange(issuer.token()).generator_id == ci.id
    issuer.close()
