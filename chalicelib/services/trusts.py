"""
Which CI's jobs may act as a generator. An operator's matter: a trust is as good as a PAK.
"""

from uuid import UUID

from msgspec.structs import asdict

from chalicelib import system
from chalicelib.domain.principals import Principal, require_admin
from chalicelib.domain.trusts import NewTrust, Trust, check_url
from chalicelib.errors.forbidden import SystemGeneratorNotATenant
from chalicelib.services import audit
from chalicelib.settings import settings
from chalicelib.store import generators, trusts
from chalicelib.store.writes import Together


def add_trust(
    caller: Principal,
    generator_id: UUID,
    new: NewTrust,
    *,
    now: system.Now = system.now,
    new_id: system.NewId = system.new_id,
) -> Trust:
    """
    Given once more, it is the one that is there. Raises InvalidTrust, GeneratorNotFound.
    """
    require_admin(caller)
    check_url("issuer", new.issuer, http_on_loopback=settings.oidc_http_on_loopback)
    if generators.get(generator_id).is_system:
        raise SystemGeneratorNotATenant("the system generator has no pipeline that could be trusted")
    for known in trusts.every(generator_id):
        if (known.issuer, known.subject, known.audience) == (new.issuer, new.subject, new.audience):
            return known
    at = now()
    trust = Trust(id=new_id(), generator_id=generator_id, created_at=at, **asdict(new))
    together = Together()
    generators.check_alive(together, generator_id, generators.not_found(generator_id))
    trusts.add(together, trust)
    audit.note(together, caller, "trust.created", ("generator", generator_id), _said(trust), at=at)
    together.commit()
    return trust


def list_trusts(caller: Principal, generator_id: UUID | None = None) -> list[Trust]:
    require_admin(caller)
    return trusts.every(generator_id)


def remove_trust(caller: Principal, id: UUID, *, now: system.Now = system.now) -> Trust:
    """
    What was lent by it lets nobody in from now on. Raises TrustNotFound.
    """
    require_admin(caller)
    trust = next((one for one in trusts.every() if one.id == id), None)
    if trust is None:
        raise trusts.not_found(id)
    together = Together()
    trusts.remove(together, trust)
    audit.note(together, caller, "trust.deleted", ("generator", trust.generator_id), _said(trust), at=now())
    together.commit()
    return trust


def _said(trust: Trust) -> dict[str, str]:
    return {"trust_id": str(trust.id), "issuer": trust.issuer, "subject": trust.subject, "audience": trust.audience}
