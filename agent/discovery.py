"""
Which kinds the API server serves: asked group by group, only for groups that are needed.
"""

from dataclasses import dataclass, replace
from urllib.parse import quote

from agent.apiserver import ApiServer, Refused
from agent.refs import Ref


class UnknownKind(Refused):
    """
    The API server serves no such kind.
    """


@dataclass(frozen=True)
class Kind:
    plural: str
    namespaced: bool
    is_listed: bool = True

    def path(self, ref: Ref) -> str:
        return f"{self.collection(ref)}/{quote(ref.name, safe='')}"

    def collection(self, ref: Ref) -> str:
        """
        Where its objects are: in the ref's namespace, or in all where it names none.
        """
        place = f"/namespaces/{quote(ref.namespace, safe='')}" if self.namespaced and ref.namespace else ""
        return f"{_root(ref.api_version)}{place}/{self.plural}"


class Discovery:
    def __init__(self, server: ApiServer) -> None:
        self._server = server
        self._kinds: dict[str, dict[str, Kind]] = {}

    def kind(self, ref: Ref) -> Kind:
        """
        In the very version of the ref. Raises UnknownKind.
        """
        known = self._served(ref.api_version)
        if ref.kind not in known:
            self.forget(ref.api_version)
            raise UnknownKind(f'no kind "{ref.kind}" in "{ref.api_version}"')
        return known[ref.kind]

    def current(self, ref: Ref) -> tuple[Ref, Kind]:
        """
        The ref in a version that is served: its own, else another one of its group. Raises UnknownKind where the group
        has no such kind any more: then there are no such objects either.
        """
        try:
            return ref, self.kind(ref)
        except UnknownKind:
            for version in self._versions(ref.group):
                moved = replace(ref, version=version)
                known = self._served(moved.api_version)
                if ref.kind in known:
                    return moved, known[ref.kind]
            raise

    def forget(self, api_version: str) -> None:
        self._kinds.pop(api_version, None)

    def serves(self, api_version: str, kind: str) -> bool:
        return kind in self._served(api_version)

    def of_group(self, group: str) -> list[tuple[str, list[Kind]]]:
        """
        Each version that is served, the preferred one first, and its kinds.
        """
        return [(version, list(self._served(f"{group}/{version}").values())) for version in self._versions(group)]

    def used_collections(self, namespace: str) -> list[str]:
        """
        The paths in a namespace of every custom kind that was asked for by now.
        """
        return [
            f"{_root(api_version)}/namespaces/{quote(namespace)}/{kind.plural}"
            for api_version, kinds in list(self._kinds.items())
            if "." in api_version
            for kind in kinds.values()
            if kind.namespaced and kind.is_listed
        ]

    def _versions(self, group: str) -> list[str]:
        """
        The preferred one first.
        """
        if not group:
            return []
        answer = self._server.ask("GET", f"/apis/{quote(group)}")
        if answer.is_missing:
            return []
        return [str(version["version"]) for version in answer.insist().body.get("versions") or []]

    def _served(self, api_version: str) -> dict[str, Kind]:
        """
        Asked twice where two stacks want to know at once: neither waits for the other.
        """
        known = self._kinds.get(api_version)
        if known is None:
            answer = self._server.ask("GET", _root(api_version))
            resources = [] if answer.is_missing else answer.insist().body.get("resources") or []
            known = self._kinds[api_version] = {
                resource["kind"]: Kind(resource["name"], resource["namespaced"], "list" in resource["verbs"])
                for resource in resources
                if "/" not in resource["name"]
            }
        return known


def _root(api_version: str) -> str:
    return f"{'/apis' if '/' in api_version else '/api'}/{quote(api_version)}"
