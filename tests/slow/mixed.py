"""
Texts to push.
"""

import yaml

from tests.support.bundles import widget, widget_crd


def config_maps(namespace, *names):
    metadata = [f"{{name: {name}, namespace: {namespace}}}" for name in names]
    return [f"apiVersion: v1\nkind: ConfigMap\nmetadata: {one}\ndata: {{key: ours}}\n" for one in metadata]


def bundle(shop):
    """
    One of everything that an agent of a cluster is for, and rights that it does not have itself.
    """
    place = f"namespace: {shop}"
    every = 'rules: [{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}'
    rules, local_rules = f'{every}, {{nonResourceURLs: ["*"], verbs: ["*"]}}]', f"{every}]"
    role = "roleRef: {apiGroup: rbac.authorization.k8s.io, kind"
    subjects = f"subjects: [{{kind: ServiceAccount, name: web, {place}}}]"
    rbac = "apiVersion: rbac.authorization.k8s.io/v1\nkind"
    template = "{metadata: {labels: {app: web}}, spec: {containers: [{name: web, image: web}]}}"
    spec = f"{{replicas: 0, selector: {{matchLabels: {{app: web}}}}, template: {template}}}"
    return [
        f"apiVersion: v1\nkind: Namespace\nmetadata: {{name: {shop}}}\n",
        yaml.safe_dump(widget_crd().body),
        yaml.safe_dump(widget("w", shop).body),
        f"apiVersion: v1\nkind: ServiceAccount\nmetadata: {{name: web, {place}}}\n",
        f"apiVersion: v1\nkind: Secret\nmetadata: {{name: secret, {place}}}\nstringData: {{word: hush}}\n",
        f"apiVersion: v1\nkind: Service\nmetadata: {{name: web, {place}}}\nspec: {{ports: [{{port: 80}}]}}\n",
        f"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: web, {place}}}\nspec: {spec}\n",
        f"{rbac}: ClusterRole\nmetadata: {{name: {shop}}}\n{rules}\n",
        f"{rbac}: ClusterRoleBinding\nmetadata: {{name: {shop}}}\n{role}: ClusterRole, name: {shop}}}\n{subjects}\n",
        f"{rbac}: Role\nmetadata: {{name: all, {place}}}\n{local_rules}\n",
        f"{rbac}: RoleBinding\nmetadata: {{name: all, {place}}}\n{role}: Role, name: all}}\n{subjects}\n",
    ]
