"""
Which object, and when its turn is. Pure.
"""

from dataclasses import dataclass, field

CRD_GROUP = "apiextensions.k8s.io"
CRD_KIND = "CustomResourceDefinition"

CORE, RBAC, NETWORK = "", "rbac.authorization.k8s.io", "networking.k8s.io"
ADMISSION = "admissionregistration.k8s.io"

STAGES: tuple[dict[str, tuple[str, ...]], ...] = (
    {CORE: ("Namespace",)},
    {CRD_GROUP: (CRD_KIND,)},
    {
        CORE: ("ServiceAccount", "ResourceQuota", "LimitRange"),
        RBAC: ("Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"),
        NETWORK: ("IngressClass", "NetworkPolicy"),
        "scheduling.k8s.io": ("PriorityClass",),
        "storage.k8s.io": ("StorageClass", "CSIDriver"),
        "node.k8s.io": ("RuntimeClass",),
        "resource.k8s.io": ("DeviceClass",),
    },
    {CORE: ("ConfigMap", "Secret", "PersistentVolume", "PersistentVolumeClaim", "Service")},
    {},  # workloads, custom resources and whatever is named nowhere else
    {
        ADMISSION: (
            *("ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"),
            *("MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding"),
            *("ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"),
        ),
        "apiregistration.k8s.io": ("APIService",),
    },
)
STAGE_NAMES = ("namespaces", "definitions", "classes and access", "configuration", "workloads", "gates")
DEFINITIONS = 1
WORKLOADS = STAGES.index({})
_STAGE_OF = {
    (group, kind): place for place, stage in enumerate(STAGES) for group, kinds in stage.items() for kind in kinds
}


@dataclass(frozen=True, slots=True)
class Ref:
    """
    Which object. Its version is how we spoke of it last, and no part of who it is.
    """

    group: str
    kind: str
    namespace: str
    name: str
    version: str = field(compare=False)

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def stage(self) -> int:
        """
        When its kind is applied. Removing goes the other way.
        """
        return _STAGE_OF.get((self.group, self.kind), WORKLOADS)

    @property
    def stage_name(self) -> str:
        return STAGE_NAMES[self.stage]

    @property
    def is_crd(self) -> bool:
        return (self.group, self.kind) == (CRD_GROUP, CRD_KIND)

    @property
    def is_volume(self) -> bool:
        return self.group == "" and self.kind in ("PersistentVolume", "PersistentVolumeClaim")

    @property
    def is_namespace(self) -> bool:
        return (self.group, self.kind) == ("", "Namespace")

    def __str__(self) -> str:
        return "/".join(part for part in (self.kind, self.namespace, self.name) if part)
