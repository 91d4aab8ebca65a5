"""
What a route promises, said beside it. The OpenAPI document is made of this and of the view's return type.
"""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from msgspec import Struct

from chalicelib.api.parameters import Query
from chalicelib.api.schemas import UNREADABLE
from chalicelib.domain.principals import Role
from chalicelib.errors import BrokerError
from chalicelib.errors.protocol import InvalidPath, InvalidQuery, Unauthorized, Unavailable

View = TypeVar("View", bound=Callable[..., Any])
Refusals = tuple[type[BrokerError], ...]

ADMIN, AGENT, GENERATOR = (Role.ADMIN,), (Role.AGENT,), (Role.GENERATOR,)
ANYBODY = ADMIN + AGENT + GENERATOR
NOBODY: tuple[Role, ...] = ()


class Operation(Struct, frozen=True):
    """
    Put above a view, which stays what it is.

    `by` is whose PAK may be let in; NOBODY's is asked for where it is empty. `headers` are a request's, `gives` those
    of an answer that is no refusal. `refuses` are the refusals of the operation's own rules: those that follow from its
    caller, its path, its query and its body need not be named.
    """

    id: str
    tag: str
    by: tuple[Role, ...]
    body: Any = None
    raw_body: frozenset[str] = frozenset()
    unreadable: Refusals = UNREADABLE
    query: tuple[Query[Any], ...] = ()
    headers: tuple[tuple[str, Any], ...] = ()
    gives: tuple[tuple[str, Any], ...] = ()
    refuses: Refusals = ()

    def __call__(self, view: View) -> View:
        _operations[view] = self
        return view

    def refusals(self, path: str) -> Refusals:
        """
        All of them, at this path.
        """
        asked = (Unauthorized, Unavailable) if self.by else ()
        in_path = (InvalidPath,) if "id}" in path else ()
        in_query = (InvalidQuery,) if self.query else ()
        in_body = self.unreadable if self.body else ()
        return (*asked, *in_path, *in_query, *in_body, *self.refuses, BrokerError)


_operations: dict[Callable[..., Any], Operation] = {}
_with_slash: dict[Callable[..., Any], tuple[Callable[..., Any], Callable[..., Any]]] = {}


def by_ending(plain: Callable[..., Any], slashed: Callable[..., Any]) -> Callable[[View], View]:
    """
    Note that a view hands over to one of two operations: to `slashed` for a path that ends with a slash.
    """

    def note(view: View) -> View:
        _with_slash[view] = plain, slashed
        return view

    return note


def views_of(path: str, view: Callable[..., Any]) -> Iterator[tuple[str, Callable[..., Any]]]:
    """
    The paths a route stands for, each with the view that answers there.
    """
    plain, slashed = _with_slash.get(view, (view, None))
    yield path, plain
    if slashed:
        yield f"{path}/", slashed


def find_operation(view: Callable[..., Any]) -> Operation | None:
    return _operations.get(view)
