from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from msgspec.structs import replace

from chalicelib.domain.generators import Generator, GeneratorChange
from chalicelib.errors.conflicts import Conflict, UniqueViolation
from chalicelib.errors.not_found import GeneratorNotFound
from chalicelib.store import generators
from chalicelib.store.writes import Together
from tests.support.world import rows

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)


def add(name="ci", at=NOON, **values):
    generator = Generator(id=uuid4(), name=name, description=None, created_at=at, updated_at=at, **values)
    together = Together()
    generators.add(together, generator)
    together.commit()
    return generator


def do(act, *arguments):
    together = Together()
    act(together, *arguments)
    together.commit()


def test_a_generator_comes_back_as_it_was_kept(table):
    generator = add(pak_short="BR123456", is_system=True)

    assert generators.get(generator.id) == generator


def test_generators_are_listed_in_the_order_of_their_creation(table):
    late, early = add("late", LATER), add("early")

    assert [generator.id for generator in generators.all_live()] == [early.id, late.id]


def test_a_change_writes_what_it_names(table):
    generator = add()

    do(generators.change, generator, GeneratorChange(description="GitHub", is_active=False), LATER)

    assert generators.get(generator.id) == replace(generator, description="GitHub", is_active=False, updated_at=LATER)


def test_a_rename_takes_the_new_name_and_frees_the_old(table):
    generator = add("old")

    do(generators.change, generator, GeneratorChange(name="new"), LATER)

    add("old")
    with pytest.raises(UniqueViolation):
        add("new")


def test_a_change_of_what_has_been_changed_meanwhile_is_a_conflict(table):
    generator = add(pak_short="BRfirst1")
    do(generators.change, generator, GeneratorChange(name="renamed"), LATER)
    do(generators.replace_pak, generator, "BRsecond", LATER)
    before = rows(table)

    for act in (
        lambda: do(generators.change, generator, GeneratorChange(name="other"), LATER),
        lambda: do(generators.replace_pak, generator, "BRthird1", LATER),
        lambda: do(generators.bury, generator, LATER),
        lambda: do(generators.bury, replace(generator, name="renamed"), LATER),
        lambda: do(generators.bury, replace(generator, pak_short="BRsecond"), LATER),
    ):
        with pytest.raises(Conflict):
            act()

    assert rows(table) == before


def test_a_buried_generator_is_neither_found_nor_listed_nor_alive(table):
    generator = add()

    do(generators.bury, generator, LATER)

    with pytest.raises(GeneratorNotFound):
        generators.get(generator.id)
    assert generators.all_live() == []
    with pytest.raises(GeneratorNotFound):
        do(generators.check_alive, generator.id, generators.not_found(generator.id))


def test_only_a_generator_without_a_pak_gets_its_first_one(table):
    generator = add()

    do(generators.replace_pak, generator, "BRfirst1", LATER)

    assert generators.get(generator.id).pak_short == "BRfirst1"
    with pytest.raises(Conflict):
        do(generators.replace_pak, generator, "BRsecond", LATER)
