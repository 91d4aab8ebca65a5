import pytest

from chalicelib.domain.trusts import InvalidTrust, NewTrust, check_url, matches

MAIN = "repo:acme/web:ref:refs/heads/main"
ISSUER = "https://ci.example"


@pytest.mark.parametrize(
    ("pattern", "subject"),
    [
        (MAIN, MAIN),
        ("repo:acme/*:ref:refs/heads/main", MAIN),
        ("repo:acme/w*:ref:refs/heads/main", MAIN),
        ("repo:acme/web:ref:refs/heads/*", MAIN),
        ("repo:acme/web:ref:refs/tags/v*-rc", "repo:acme/web:ref:refs/tags/v1.2-rc"),
        ("repo:acme/web:environment:*", "repo:acme/web:environment:prod"),
    ],
)
def test_a_subject_fits_part_by_part(pattern, subject):
    assert matches(pattern, subject)


@pytest.mark.parametrize(
    ("pattern", "subject"),
    [
        (MAIN, "repo:acme/web:ref:refs/heads/main2"),
        (MAIN, "repo:Acme/web:ref:refs/heads/main"),
        (MAIN, "repo:other/web:ref:refs/heads/main"),
        (MAIN, MAIN + "\n"),
        ("repo:acme/*:ref:refs/heads/main", "repo:acme/web:pull_request:ref:refs/heads/main"),
        ("repo:acme/*:ref:refs/heads/main", "repo:acme/a/b:ref:refs/heads/main"),
        ("repo:acme/*:ref:refs/heads/main", "repo:acme/:ref:refs/heads/main"),
        ("repo:acme/*:ref:refs/heads/main", "repo:acme-evil/web:ref:refs/heads/main"),
        ("repo:acme/web:ref:refs/heads/*", "repo:acme/web:ref:refs/heads/feature/x"),
        ("repo:acme/web:*", "repo:acme/web"),
        ("repo:acme/web:a*a", "repo:acme/web:a"),
        ("repo:acme/web:ref:refs/heads/main", "repo:acme/web/ref:refs/heads/main"),
    ],
)
def test_a_star_reaches_into_no_other_part_and_is_never_empty(pattern, subject):
    assert not matches(pattern, subject)


@pytest.mark.parametrize(
    "subject",
    [
        "",
        "*",
        "*:acme",
        "repo:*",
        "repo:*/web:ref:refs/heads/main",
        "repo:acme*/web",
        "repo:acme/a*b*",
        " repo:acme/a",
        "a\tb",
    ],
)
def test_what_would_trust_strangers_is_refused(subject):
    """
    One issuer serves all the owners there are: whose jobs are meant must be written out.
    """
    with pytest.raises(InvalidTrust, match="subject"):
        NewTrust(issuer=ISSUER, subject=subject)


def test_an_environment_may_be_called_by_two_words():
    subject = "repo:acme/web:environment:Production EU"

    assert matches(NewTrust(issuer=ISSUER, subject=subject).subject, subject)


@pytest.mark.parametrize(
    "url",
    [
        "http://ci.example",
        "ftp://ci.example",
        "ci.example",
        "https://",
        "https://user@ci.example",
        "https://ci.example?x=1",
        "https://ci.example#x",
        "https://ci.example:port",
        "https://[::1",
        "http://10.0.0.1",
        "http://localhost.example",
    ],
)
def test_an_issuer_is_an_https_address(url):
    with pytest.raises(InvalidTrust, match="issuer"):
        check_url("issuer", url, http_on_loopback=True)


def test_http_is_for_this_machine_alone_and_only_where_it_is_allowed():
    check_url("issuer", "http://127.0.0.1:8080", http_on_loopback=True)

    with pytest.raises(InvalidTrust):
        check_url("issuer", "http://127.0.0.1:8080", http_on_loopback=False)
