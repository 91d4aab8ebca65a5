import time

import pytest

from agent.redaction import HIDDEN, Redactor, redacted, without_values

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"
PAK = "brokkr_BRk3jvQ2_9HcX4sWq7ZbNfT2mGpR5yVdK8aLu3eJx"
BODY = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj"
KEY = f"-----BEGIN RSA PRIVATE KEY-----\n{BODY}\n{BODY}\nMzEfYy==\n-----END RSA PRIVATE KEY-----"


@pytest.mark.parametrize(
    ("line", "secret"),
    [
        ("Authorization: Bearer abcdef.123456", "abcdef.123456"),
        ("authorization=Basic dXNlcjpodW50ZXIy", "dXNlcjpodW50ZXIy"),
        ("sent bearer 0123456789abcdef to upstream", "0123456789abcdef"),
        (f"got {JWT} from the cookie", JWT),
        (f"x{{jwt:{JWT}}}", JWT),
        (f"agent starts with {PAK}", PAK),
        ("password=hunter2", "hunter2"),
        ("PASSWORD=hunter2 started", "hunter2"),
        ("DB_PASSWORD: hunter2", "hunter2"),
        ("spring.datasource.password = hunter2", "hunter2"),
        ("pwd := 'hunter 2'", "hunter 2"),
        ("password=hun,ter2 x", "ter2"),
        ("Server=db;Password=hunter2;Encrypt=true", "hunter2"),
        ("https://host/path?access_token=hunter2&page=2", "hunter2"),
        ("mysql --user root --password hunter2 --host db", "hunter2"),
        ("run -token hunter2", "hunter2"),
        ('{"user": "a", "password": "hunter2", "b": 1}', "hunter2"),
        ('{"apiKey":"hunter2"}', "hunter2"),
        ('{"api_key":"hun\\"ter2"}', "ter2"),
        (r'{"log":"{\"password\":\"hunter2\",\"x\":1}"}', "hunter2"),
        ("{'client_secret': 'hunter2'}", "hunter2"),
        ("AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCY", "wJalrXUtnFEMI/K7MDENG"),
        ("key AKIAIOSFODNN7EXAMPLE is used", "AKIAIOSFODNN7EXAMPLE"),
        ("postgres://app:hunter2@db:5432/shop", "hunter2"),
        ("redis://:hunter2@cache", "hunter2"),
        ("amqp://app:hun@ter2@queue/", "ter2"),
        ("https://ghp_0123456789@github.test/x.git", "ghp_0123456789"),
        ("pushed with ghp_0123456789abcdefghijABCDEFGHIJ", "ghp_0123456789abcdefghij"),
        ("slack xoxb-1234567890-abcdef", "xoxb-1234567890"),
        (f"key: {KEY!r}", BODY),
        (f"-----BEGIN PRIVATE KEY-----{BODY}", BODY),
    ],
)
def test_what_looks_like_a_credential_is_taken_out(line, secret):
    told = redacted(line)

    assert secret not in told
    assert HIDDEN in told


@pytest.mark.parametrize(
    "line",
    [
        "",
        "GET /healthz 200 3ms",
        "listening on http://0.0.0.0:8080/",
        'MountVolume.SetUp failed for volume "db" : secret "db-creds" not found',
        "Back-off restarting failed container web in pod web-1_shop(uid)",
        "panic: runtime error: index out of range [3] with length 3",
        "    at com.example.Tokenizer.next(Tokenizer.java:42)",
        "mail to admin@example.test failed",
        "user alice logged in",
        "-----BEGIN CERTIFICATE-----",
        "sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
    ],
)
def test_what_helps_to_understand_stays(line):
    assert redacted(line) == line


def test_the_rest_of_a_line_stays():
    assert redacted('{"user":"a","password":"b","c":1}') == f'{{"user":"a","password":{HIDDEN},"c":1}}'
    assert redacted("a=1,password=b,c=2") == f"a=1,password={HIDDEN},c=2"
    assert redacted("postgres://app:b@db/shop") == f"postgres://{HIDDEN}@db/shop"


def test_what_is_redacted_stays_as_it_is():
    text = redacted(f"password=a Authorization: Bearer 0123456789 {JWT} --token b http://a:b@c\n{KEY}\nend")

    assert redacted(text) == text


def test_a_private_key_is_taken_out_over_all_its_lines():
    told = redacted(f"before\n{KEY}\nafter")

    assert told == f"before\n{HIDDEN}\n{HIDDEN}\n{HIDDEN}\n{HIDDEN}\n{HIDDEN}\nafter"


def test_a_tail_that_begins_in_a_private_key_does_not_tell_its_end():
    told = redacted(f"{KEY.partition(BODY)[2]}\nafter")

    assert BODY not in told
    assert told.endswith("\nafter")


def test_a_key_that_never_ends_hides_no_more_than_itself():
    told = redacted(f"-----BEGIN PRIVATE KEY-----\n{BODY}\nand then it broke off\nafter")

    assert told == f"{HIDDEN}\n{HIDDEN}\nand then it broke off\nafter"


def test_lines_that_come_one_by_one_are_of_one_key():
    redactor = Redactor()

    told = [redactor.line(line) for line in [*KEY.split("\n"), "after"]]

    assert told == [HIDDEN] * 5 + ["after"]


HOSTILE = [
    *(
        "a",
        "-",
        "=",
        ":",
        '"',
        "\\",
        "'",
        " ",
        "@",
        "/",
        ",",
        "eyJ",
        "eyJa.",
        "-eyJ",
        "://",
        "://a:",
        "a://b@",
        "://a@",
    ),
    *("token", "token=", "token:'", 'token="', "token\\", "secret ", "password=\\", "bearer ", "--", "-- ", "--a-"),
    *(
        "AKIA",
        "-----BEGIN ",
        "-----BEGIN PRIVATE KEY-----",
        "-----END ",
        "a_BR",
        "b,",
        "a=,",
        "passwpassw",
        "gh",
        "xox",
    ),
    *('token="\\', "token=a,", "--token -", "api-key", "access_key=,;&", "AKIA0123456789ABCDEF", "A+/="),
]


@pytest.mark.parametrize("word", HOSTILE)
def test_no_line_takes_longer_than_its_length_explains(word):
    """
    A log line is whatever a program chooses to print: a mebibyte of it must not hold the agent up.
    """
    line = word * (2**20 // len(word))

    started = time.process_time()
    Redactor().line(line)
    took = time.process_time() - started

    assert took < 4.0


ONE = ".stringData.password: expected string, got &value.valueUnstructured{Value:12345}"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (ONE, ".stringData.password: expected string"),
        (f"errors:\n  {ONE}\n  {ONE}", f"errors:\n  {ONE[:37]}\n  {ONE[:37]}"),
        (".data: expected map, got &value.valueUnstructured{Value:a}\nb}", ".data: expected map"),
        (".stringData.password: expected string, got &{12345}", ".stringData.password: expected string"),
        ("Apply failed with 1 conflict: .data", "Apply failed with 1 conflict: .data"),
    ],
)
def test_a_refusal_of_a_type_names_the_field_and_not_its_value(said, told):
    """
    A number for a password, which YAML makes of one without quotes, came back in the event of the failure.
    """
    assert without_values(said) == told
