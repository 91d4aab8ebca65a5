import socket

import pytest

from broker.server import PortTaken, listen, url_of


def test_an_answer_is_not_held_back():
    """
    gunicorn sends head and body apart. With Nagle's algorithm each answer on a kept connection took 44 ms.
    """
    with listen("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()):
        accepted, _ = listener.accept()

        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_port_that_stays_taken_is_named_after_a_while():
    waits = []
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(PortTaken, match=f"127.0.0.1:{port}: Address already in use"):
            listen("127.0.0.1", port, patience=1, sleep=waits.append)

    assert waits == [0.25] * 4


def test_a_url_says_where_it_listens():
    with listen("127.0.0.1", 0) as listener:
        assert url_of(listener) == f"http://127.0.0.1:{listener.getsockname()[1]}"
