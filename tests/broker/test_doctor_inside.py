import pytest
from moto import mock_aws

from broker.doctor_inside import expiry, index, inside, keys, not_answered, recovery, rights
from chalicelib.domain.inspection import NotAnswered
from chalicelib.services.installation import create_table, initialise


def asked():
    return {finding.question: finding for finding in inside()}


def test_without_a_table_nothing_else_is_asked():
    with mock_aws():
        found = asked()

    assert list(found) == ["table"]
    assert "brokkr-broker init" in found["table"].todo


def test_a_table_that_init_made_lacks_its_recovery_alone(table):
    """
    CloudFormation turns that on; in AWS somebody must.
    """
    create_table()
    initialise()

    found = asked()

    assert [finding.question for finding in found.values() if finding.todo] == ["recovery"]
    assert found["recovery"].todo.startswith("aws dynamodb update-continuous-backups --table-name brokkr ")


def test_each_fault_says_what_to_do(table):
    table.update_table(TableName="brokkr", DeletionProtectionEnabled=False)

    found = asked()

    assert "--deletion-protection-enabled" in found["table"].todo
    assert "brokkr-broker init" in found["expiry"].todo
    assert "brokkr-broker init" in found["admin"].todo


def test_another_programs_table_is_not_to_be_changed():
    finding = keys("users", ["its keys are not pk and sk: it is another program's"])

    assert finding.todo == "name the broker's own table: --table"


def test_an_index_that_differs_is_deployed_again():
    finding = index(["there is no gsi1"])

    assert "deploy the stack again" in finding.todo


def test_what_an_emulator_cannot_do_is_said_and_no_fault():
    findings = [
        expiry("brokkr", is_on=True, emulated=True),
        recovery("brokkr", is_on=None, emulated=True),
        recovery("brokkr", is_on=False, emulated=True),
        rights([], emulated=True),
    ]

    assert [finding.todo for finding in findings] == [None] * 4
    assert all("emulator" in finding.said for finding in findings)


def test_in_aws_no_finding_speaks_of_emulators():
    findings = [
        expiry("brokkr", is_on=True, emulated=False),
        recovery("brokkr", is_on=True, emulated=False),
        rights([], emulated=False),
    ]

    assert not any("emulator" in finding.said for finding in findings)


def test_rights_that_are_missing_are_named():
    finding = rights(["PutItem", "Query on the index"], emulated=False)

    assert finding.said == "these credentials may not: PutItem, Query on the index"
    assert ".chalice/" in finding.todo


@pytest.mark.parametrize(
    ("code", "todo"),
    [
        ("ExpiredTokenException", "renew"),
        ("NoCredentialsError", "--profile"),
        ("EndpointConnectionError", "may this machine reach it?"),
    ],
)
def test_what_keeps_an_answer_away_says_what_to_do(code, todo):
    finding = not_answered("table", NotAnswered(code, "so it is"))

    assert finding.said == f"not told: {code}: so it is"
    assert todo in finding.todo
