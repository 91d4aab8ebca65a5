"""
Settings that change without a deployment. Each process has its own `Current`.
"""

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.audit import Wanted
from chalicelib.domain.configuration import Change, InvalidSetting, Setting
from chalicelib.domain.principals import ADMIN, OPERATOR
from chalicelib.errors.forbidden import AdminRequired
from chalicelib.services import audit, configuration
from chalicelib.services.configuration import Current
from tests.support.recorder import recorder
from tests.support.world import a_generator, an_agent

pytestmark = pytest.mark.usefixtures("installation")

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def reload(process=None, caller=ADMIN):
    return configuration.reload(caller, process or Current(), now=lambda: NOON)


def test_what_was_set_is_in_force_after_a_reload_and_not_before():
    process = Current()

    configuration.save("log.level", "debug")
    process.follow(NOON)
    before = process.log_level
    reloaded = reload(process)

    assert before == "INFO"
    assert reloaded == (NOON, [Change("log.level", "INFO", "DEBUG")])
    assert process.log_level == "DEBUG"
    assert configuration.settings() == [Setting("log.level", "DEBUG", "DEBUG")]


def test_what_is_unset_is_as_the_deployment_says():
    process = Current()
    configuration.save("log.level", "ERROR")
    reload(process)

    configuration.save("log.level", None)
    _, changes = reload(process)

    assert changes == [Change("log.level", "ERROR", "INFO")]
    assert process.log_level == "INFO"


def test_a_reload_of_nothing_new_changes_nothing():
    configuration.save("log.level", "INFO")

    assert reload() == (NOON, [])
    assert reload() == (NOON, [])


def test_other_processes_see_a_reload_within_a_minute():
    other = Current()
    other.follow(NOON)
    configuration.save("log.level", "ERROR")
    reload()

    other.follow(NOON + timedelta(seconds=59))
    at_first = other.log_level
    other.follow(NOON + timedelta(seconds=60))

    assert (at_first, other.log_level) == ("INFO", "ERROR")


def test_a_process_asks_the_table_once_a_minute():
    process = Current()
    process.follow(NOON)

    with recorder.recording() as needs:
        for second in range(60):
            process.follow(NOON + timedelta(seconds=second))

    assert not needs


def test_a_reload_is_on_record_with_what_it_changed():
    configuration.save("log.level", "DEBUG")
    reload(caller=OPERATOR)

    [named], total = audit.entries(ADMIN, Wanted(action="config.*"), now=lambda: NOON + timedelta(minutes=1))

    assert total == 1
    assert (named.entry.action, named.entry.resource_type, named.entry.resource_id) == (
        "config.reloaded",
        "config",
        None,
    )
    assert named.entry.details == {
        "changes": [{"key": "log.level", "old_value": "INFO", "new_value": "DEBUG"}],
        "via": "cli",
    }


@pytest.mark.parametrize("caller", [a_generator, an_agent])
def test_only_the_admin_reloads(caller):
    with pytest.raises(AdminRequired):
        reload(caller=caller())


@pytest.mark.parametrize(("name", "value"), [("log.levels", "INFO"), ("log.level", "LOUD"), ("log.level", "")])
def test_what_is_no_setting_is_refused(name, value):
    with pytest.raises(InvalidSetting, match=r"log\.level"):
        configuration.save(name, value)
