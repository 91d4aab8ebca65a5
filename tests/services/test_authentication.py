import pytest
from msgspec.structs import replace

from chalicelib.domain import paks
from chalicelib.domain.principals import ADMIN
from chalicelib.errors.protocol import Unauthorized
from chalicelib.services.authentication import VerifiedSecrets, authenticate
from chalicelib.services.installation import rotate_admin


@pytest.mark.parametrize("form", ["{}", "Bearer {}", "bearer {}", "  {}  ", "Bearer   {} "])
def test_a_pak_comes_bare_or_as_a_bearer(form, installation):
    assert authenticate(form.format(installation.admin_pak)) == ADMIN


@pytest.mark.parametrize("form", ["Basic {}", "BEARER {}", "Bearer{}", "{}x", "x{}", "{}_", "Bearer Bearer {}"])
def test_any_other_form_is_refused(form, installation):
    with pytest.raises(Unauthorized):
        authenticate(form.format(installation.admin_pak))


@pytest.mark.parametrize("header", [None, "", " ", "Bearer ", "nonsense", "a_b", "a_b_c_d", "brokkr_BRabcdef_é", "\0"])
def test_what_is_no_pak_is_refused(header, table):
    with pytest.raises(Unauthorized):
        authenticate(header)


@pytest.mark.parametrize("part", ["prefix", "short", "long"])
def test_every_part_of_a_pak_counts(part, installation):
    """
    Upstream looks at the last part alone, so that anything_anything_<long> opens its door.
    """
    other = paks.generate(prefix="other")
    forged = replace(paks.parse(str(installation.admin_pak)), **{part: getattr(other, part)})

    with pytest.raises(Unauthorized):
        authenticate(str(forged))


def test_a_remembered_secret_opens_nothing_once_its_pak_is_rotated(installation):
    verified = VerifiedSecrets()
    authenticate(str(installation.admin_pak), verified)

    rotate_admin()

    with pytest.raises(Unauthorized):
        authenticate(str(installation.admin_pak), verified)


def test_a_remembered_secret_lets_no_other_secret_in():
    pak, other, verified = paks.generate(), paks.generate(), VerifiedSecrets()
    stored = pak.hash()
    assert verified.matches(pak, stored)

    assert verified.matches(pak, stored)
    assert not verified.matches(replace(pak, long=other.long), stored)


def test_a_refusal_does_not_say_what_was_wrong(installation):
    """
    Whoever guesses must not learn that a short part exists.
    """
    short = paks.parse(str(installation.admin_pak)).short
    messages = set()

    for guess in (f"brokkr_{short}_guess", "brokkr_BRzzzzzz_guess"):
        with pytest.raises(Unauthorized) as refused:
            authenticate(guess)
        messages.add(refused.value.message)

    assert len(messages) == 1
