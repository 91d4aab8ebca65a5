"""
What the table says of itself.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from broker.clocks import clock
from broker.finding import Finding
from chalicelib.domain.inspection import NotAnswered
from chalicelib.services import inspection

MAY_NOT_LOOK = "AccessDeniedException"
AWS_KEYS = "give credentials: --profile NAME, or AWS_PROFILE"
NO_WAY = "does the address answer (--dynamodb-endpoint), is the region right (--region), may this machine reach it?"
TODO = {
    "ResourceNotFoundException": "`brokkr-broker init` makes it; or name the right one: --table, --region, --profile",
    "CREATING": "ask again in a minute",
    MAY_NOT_LOOK: "let these credentials call dynamodb:Describe* on the table",
    "NoCredentialsError": AWS_KEYS,
    "ProfileNotFound": AWS_KEYS,
    "UnrecognizedClientException": "these credentials are unknown to AWS: renew them",
    "ExpiredTokenException": "these credentials are of yesterday: renew them",
    "InvalidSignatureException": "is the secret key right, and this machine's clock?",
}
UPDATE_TABLE = (
    "deploy the stack again; by hand: aws dynamodb update-table --table-name {table} --deletion-protection-enabled"
)
RIGHTS = "the policy of a role that may work on the table is in .chalice/: give these credentials the same"


def inside(now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Iterator[Finding]:
    """
    Each question after the one that it hangs on.
    """
    table, emulated = inspection.table_name(), inspection.is_emulated()
    try:
        inspected = inspection.inspect()
    except NotAnswered as error:
        yield not_answered("table", error)
        if error.code != MAY_NOT_LOOK:
            return
    else:
        yield keys(table, inspected.table_faults)
        yield index(inspected.index_faults)
        yield clock("store clock", inspected.its_time, now(), "DynamoDB's")
    yield _asked("expiry", lambda: expiry(table, is_on=inspection.items_expire(), emulated=emulated))
    yield _asked("recovery", lambda: recovery(table, is_on=inspection.can_be_restored(), emulated=emulated))
    its_rights = _asked("rights", lambda: rights(inspection.refused_actions(), emulated=emulated))
    yield its_rights
    if its_rights.todo is None:
        yield admin(is_there=inspection.is_initialised())


def _asked(question: str, ask: Callable[[], Finding]) -> Finding:
    try:
        return ask()
    except NotAnswered as error:
        return not_answered(question, error)


def not_answered(question: str, error: NotAnswered) -> Finding:
    return Finding(question, f"not told: {error}", TODO.get(error.code, NO_WAY))


def keys(table: str, faults: list[str]) -> Finding:
    if not faults:
        return Finding("table", f"{table} is there, with the keys of the template, protected from deletion")
    is_ours = not any("keys" in fault for fault in faults)
    todo = UPDATE_TABLE.format(table=table) if is_ours else "name the broker's own table: --table"
    return Finding("table", f"{table}: {'; '.join(faults)}", todo)


def index(faults: list[str]) -> Finding:
    if faults:
        return Finding("index", "; ".join(faults), "wait if it is being made; else deploy the stack again")
    return Finding("index", "gsi1 is as in the template")


def expiry(table: str, *, is_on: bool, emulated: bool) -> Finding:
    if not is_on:
        option = "--time-to-live-specification Enabled=true,AttributeName=expires_at"
        by_hand = f"aws dynamodb update-time-to-live --table-name {table} {option}"
        return Finding(
            "expiry", "old events stay: time to live is off", f"`brokkr-broker init` turns it on; by hand: {by_hand}"
        )
    more = "; an emulator may not delete them" if emulated else ""
    return Finding("expiry", f"items go when their time has come (expires_at){more}")


def recovery(table: str, *, is_on: bool | None, emulated: bool) -> Finding:
    if is_on:
        return Finding("recovery", "any second of the last 35 days can be restored")
    if emulated or is_on is None:
        return Finding("recovery", "not asked: an emulator has no point-in-time recovery; copy its data")
    option = "--point-in-time-recovery-specification PointInTimeRecoveryEnabled=true"
    todo = f"aws dynamodb update-continuous-backups --table-name {table} {option}"
    return Finding("recovery", "a lost table is lost: point-in-time recovery is off", todo)


def rights(refused: list[str], *, emulated: bool) -> Finding:
    if refused:
        return Finding("rights", f"these credentials may not: {', '.join(refused)}", RIGHTS)
    if emulated:
        return Finding("rights", "every kind of call works; an emulator refuses nobody")
    return Finding("rights", "these credentials may do everything that the broker does to its table")


def admin(*, is_there: bool) -> Finding:
    if not is_there:
        return Finding("admin", "there is none yet", "`brokkr-broker init` makes one and prints its PAK")
    return Finding("admin", "there is one")
