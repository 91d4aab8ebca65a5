import pytest

from chalicelib.domain.principals import ADMIN
from chalicelib.errors.protocol import Unauthorized, Unavailable
from chalicelib.services import generators
from chalicelib.services.authentication import authenticate
from chalicelib.services.installation import create_table, initialise, rotate_admin
from tests.support.world import rows


def test_the_first_init_makes_the_admin_and_two_generators(table):
    installed = initialise()

    assert authenticate(str(installed.admin_pak)) == ADMIN
    assert [one.id for one in generators.list_generators(ADMIN)] == [installed.admin_generator_id]
    assert generators.get_generator(ADMIN, installed.admin_generator_id).name == "admin-generator"
    assert generators.get_generator(ADMIN, installed.system_generator_id).is_system


def test_another_init_changes_nothing_and_shows_no_pak(table):
    first = initialise()
    before = rows(table)

    again = initialise()

    assert again.admin_pak is None
    assert again.admin_generator_id == first.admin_generator_id
    assert again.system_generator_id == first.system_generator_id
    assert rows(table) == before


def test_the_table_is_made_once(table):
    assert create_table() is False


def test_nothing_in_the_table_tells_the_admins_pak(table):
    installed = initialise()

    assert installed.admin_pak.long not in str(rows(table))


def test_a_rotated_admin_pak_is_refused_at_once(table):
    old = initialise().admin_pak
    authenticate(str(old))

    new = rotate_admin()

    assert authenticate(str(new)) == ADMIN
    with pytest.raises(Unauthorized):
        authenticate(str(old))


def test_there_is_no_admin_to_rotate_before_init(table):
    with pytest.raises(Unavailable, match="brokkr-broker init"):
        rotate_admin()
