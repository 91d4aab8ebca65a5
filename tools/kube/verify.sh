#!/usr/bin/env bash
# verify.sh DIR: what the control plane in DIR is for, tried once, with the kubectl on PATH; exit code 1 if something fails
set -u
export KUBECONFIG=${1:?the folder that start was given}/admin.kubeconfig
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
export KUBECACHEDIR=$T/discovery
k="kubectl --warnings-as-errors=false"; failures=0
now() { echo $((${EPOCHREALTIME/./} / 100000)); }; S=$(now) # tenths of a second
say() { local t=$(($(now) - S)); [ "$1" != FAIL ] || failures=1; printf '%-7s %s (%d.%ds)\n' "$1" "$2" $((t / 10)) $((t % 10)); }
try() { local d=$1; shift; S=$(now); if "$@" >$T/out 2>&1; then say ok "$d"; else say FAIL "$d"; sed 's/^/        /' $T/out; fi; }
until_() { local n=$1; shift; for _ in $(seq $((n*5))); do "$@" >/dev/null 2>&1 && return 0; sleep 0.2; done; "$@"; return 1; }
gone() { ! $k get "$@" -o name; }
N=v-$RANDOM
try "create namespace" $k create ns $N
cat >$T/d.yaml <<E
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: c, image: nginx, ports: [{containerPort: 80}]}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: conf}
data: {a: "1"}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
E
try "apply --server-side Deployment, ConfigMap, Service" $k -n $N apply --server-side --field-manager=one -f $T/d.yaml
try "Deployment reaches Available" $k -n $N wait --for=condition=Available deploy/web --timeout=30s
try "EndpointSlice has 2 ready endpoints" until_ 10 sh -c "[ \$($k -n $N get endpointslices -l kubernetes.io/service-name=web -o jsonpath='{.items[*].endpoints[*].conditions.ready}' | wc -w) = 2 ]"
try "rollout to a second template" sh -c "$k -n $N set image deploy/web c=nginx:2 && $k -n $N rollout status deploy/web --timeout=30s"
sed 's/a: "1"/a: "2"/' $T/d.yaml >$T/d2.yaml
S=$(now); if $k -n $N apply --server-side --field-manager=two -f $T/d2.yaml >$T/out 2>&1; then say FAIL "no conflict"; elif grep -q 'conflict.*"one"' $T/out && grep -q '.data.a' $T/out; then say ok "second field manager conflicts: $(grep -o 'Apply failed.*' $T/out | head -1)"; else say FAIL conflict; cat $T/out; fi
try "--force-conflicts takes it" $k -n $N apply --server-side --field-manager=two --force-conflicts -f $T/d2.yaml
try "apply --dry-run=server" $k -n $N apply --server-side --dry-run=server --force-conflicts --field-manager=three -f $T/d.yaml
cat >$T/crd.yaml <<E
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.invalid}
spec:
  group: example.invalid
  scope: Namespaced
  names: {kind: Widget, plural: widgets, singular: widget}
  versions:
  - name: v1
    served: true
    storage: true
    subresources: {status: {}}
    schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, required: [size], properties: {size: {type: integer, minimum: 1}}}, status: {type: object, x-kubernetes-preserve-unknown-fields: true}}}}
E
try "apply CRD" $k apply --server-side -f $T/crd.yaml
try "CRD Established" $k wait --for=condition=Established crd/widgets.example.invalid --timeout=20s
printf 'apiVersion: example.invalid/v1\nkind: Widget\nmetadata: {name: w}\nspec: {size: 3}\n' >$T/w.yaml
try "apply CR" until_ 10 $k -n $N apply --server-side -f $T/w.yaml
S=$(now); if sed 's/3/0/' $T/w.yaml | $k -n $N apply --server-side -f - >$T/out 2>&1; then say FAIL "bad CR accepted"; else say ok "bad CR refused: $(grep -o 'spec.size.*' $T/out)"; fi
uid=$($k -n $N get cm conf -o jsonpath='{.metadata.uid}')
printf 'apiVersion: v1\nkind: Secret\nmetadata: {name: child, ownerReferences: [{apiVersion: v1, kind: ConfigMap, name: conf, uid: %s}]}\n' $uid | $k -n $N apply -f - >/dev/null
sleep 1; $k -n $N get secret child -o name >/dev/null || say FAIL "child gone early"
$k -n $N delete cm conf >/dev/null; try "ownerRef GC: Secret goes with its ConfigMap" until_ 40 gone -n $N secret child
wuid=$($k -n $N get widget w -o jsonpath='{.metadata.uid}')
printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: wchild, ownerReferences: [{apiVersion: example.invalid/v1, kind: Widget, name: w, uid: %s}]}\n' $wuid | $k -n $N apply -f - >/dev/null
$k -n $N delete widget w >/dev/null; try "ownerRef GC: ConfigMap goes with a CR of a kind made just now" until_ 60 gone -n $N cm wchild
try "Deployment delete cascades to pods" sh -c "$k -n $N delete deploy web --cascade=foreground --timeout=30s && [ -z \"\$($k -n $N get pods -o name)\" ]"
printf 'apiVersion: batch/v1\nkind: Job\nmetadata: {name: j}\nspec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: busybox}]}}}\n' >$T/j.yaml
try "Job accepted" $k -n $N apply --server-side -f $T/j.yaml
try "Job completes" $k -n $N wait --for=condition=Complete job/j --timeout=20s
sed 's/name: j}/name: bad}/; s/template: {spec/backoffLimit: 0, template: {metadata: {annotations: {kube.test\/state: failed}}, spec/' $T/j.yaml >$T/j2.yaml
try "Job with failed pods fails" sh -c "$k -n $N apply --server-side -f $T/j2.yaml && $k -n $N wait --for=condition=Failed job/bad --timeout=20s"
cat >$T/x.yaml <<E
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: s}
spec: {serviceName: s, replicas: 2, selector: {matchLabels: {app: s}}, template: {metadata: {labels: {app: s}}, spec: {containers: [{name: c, image: x}]}}}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: d}
spec: {selector: {matchLabels: {app: d}}, template: {metadata: {labels: {app: d}}, spec: {containers: [{name: c, image: x}]}}}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: c}
spec: {schedule: "* * * * *", jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: x}]}}}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: crash}
spec: {selector: {matchLabels: {app: crash}}, template: {metadata: {labels: {app: crash}, annotations: {kube.test/state: crashloop}}, spec: {containers: [{name: c, image: x}]}}}
---
apiVersion: v1
kind: Pod
metadata: {name: huge}
spec: {containers: [{name: c, image: x, resources: {requests: {cpu: "999"}}}]}
E
try "apply StatefulSet, DaemonSet, CronJob, crashing Deployment, unschedulable Pod" $k -n $N apply --server-side -f $T/x.yaml
try "StatefulSet ready" $k -n $N rollout status sts/s --timeout=30s
try "DaemonSet ready" $k -n $N rollout status ds/d --timeout=30s
try "crashloop pod shows it" until_ 10 sh -c "$k -n $N get pods -l app=crash | grep -q CrashLoopBackOff"
try "huge pod is Unschedulable" until_ 10 sh -c "$k -n $N get pod huge -o jsonpath='{.status.conditions[0].reason}' | grep -q Unschedulable"
try "serviceaccount token" $k -n $N create token default
try "RBAC refuses that serviceaccount" sh -c "! $k -n $N auth can-i list secrets --as=system:serviceaccount:$N:default"
printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: stuck, finalizers: [example.invalid/hold]}\n' | $k -n $N apply -f - >/dev/null
$k delete ns $N --wait=false >/dev/null
try "namespace held by a finalizer says so" until_ 30 sh -c "$k get ns $N -o jsonpath='{range .status.conditions[*]}{.type}={.status} {end}' | grep -q NamespaceFinalizersRemaining=True"
$k -n $N patch cm stuck --type=json -p '[{"op":"remove","path":"/metadata/finalizers"}]' >/dev/null
try "namespace terminates after it is let go" until_ 60 gone ns $N
$k create ns $N-2 >/dev/null; $k -n $N-2 apply --server-side -f $T/d.yaml -f $T/w.yaml >/dev/null 2>&1
try "namespace with contents and a CR terminates" $k delete ns $N-2 --timeout=60s
try "CRD deletes" $k delete crd widgets.example.invalid --timeout=30s
try "node still Ready" sh -c "$k get node fake-0 | grep -qw Ready"
exit $failures
