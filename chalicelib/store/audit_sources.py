"""
What the audit log is read from: one partition of the table or of its index for each question.
"""

from functools import reduce
from operator import and_
from typing import Any

from msgspec import Struct
from pynamodb.expressions.condition import Condition

from chalicelib.domain.audit import Wanted
from chalicelib.store import connection
from chalicelib.store.audit import LOG, AuditItem, by_actor, by_noun, by_resource, holding

Row = dict[str, Any]


class Page(Struct, frozen=True):
    """
    What one query saw. `end` is the key of the last row that was looked at, None where there are no more.
    """

    rows: list[Row]
    count: int
    end: Row | None


class Source(Struct, frozen=True):
    """
    Rows of one partition, of the table or of its index, whose texts hold all of some words.
    """

    pk: str
    words: tuple[str, ...] = ()
    in_index: bool = False

    def page(
        self,
        after: str,
        before: str,
        *,
        size: int | None = None,
        counting: bool = False,
        backwards: bool = False,
        behind: Row | None = None,
    ) -> Page:
        """
        Of the rows between two places, behind the end of another page; at most `size` are looked at.
        """
        sort = AuditItem.gsi1sk if self.in_index else AuditItem.sk
        answer = connection.table().query(
            self.pk,
            range_key_condition=sort.between(after, before),
            filter_condition=self._filter(),
            index_name="gsi1" if self.in_index else None,
            consistent_read=not self.in_index,
            exclusive_start_key=behind,
            limit=size,
            scan_index_forward=not backwards,
            select="COUNT" if counting else None,
        )
        return Page(answer.get("Items", []), answer["Count"], answer.get("LastEvaluatedKey"))

    def _filter(self) -> Condition | None:
        return reduce(and_, (AuditItem.description.contains(word) for word in self.words)) if self.words else None


def source_of(wanted: Wanted) -> Source:
    """
    The index that leaves least to look at; what it does not know is looked for in the texts.
    """
    words = _words(wanted)
    if wanted.resource_id:
        return Source(by_resource(wanted.resource_id), _but(words, "resource_id"), in_index=True)
    if wanted.actor_id:
        return Source(by_actor(wanted.actor_id), _but(words, "actor_id"))
    if wanted.noun:
        return Source(by_noun(wanted.noun), _but(words, "action") if wanted.all_of_noun else _all(words), in_index=True)
    if wanted.actor_type == "admin":
        return Source(by_actor("admin"), _but(words, "actor_type"))
    return Source(LOG, _all(words))


def _words(wanted: Wanted) -> dict[str, str]:
    names = ("actor_type", "actor_id", "action", "resource_type", "resource_id")
    words = {name: holding(name, getattr(wanted, name)) for name in names if getattr(wanted, name) is not None}
    if wanted.action and wanted.action.endswith("*"):
        words["action"] = holding("action", wanted.action).removesuffix('*"')
    return words


def _all(words: dict[str, str]) -> tuple[str, ...]:
    return tuple(words.values())


def _but(words: dict[str, str], known: str) -> tuple[str, ...]:
    return tuple(word for name, word in words.items() if name != known)
