"""
Stacks that change all the time: what was pushed last, and so what a cluster must hold in the end.
"""

from itertools import count

KINDS = {"c": ("v1", "ConfigMap"), "s": ("v1", "Secret"), "r": ("rbac.authorization.k8s.io/v1", "Role")}
PLURALS = {"c": "configmaps", "s": "secrets", "r": "roles"}
ROOTS = {"c": "/api/v1", "s": "/api/v1", "r": "/apis/rbac.authorization.k8s.io/v1"}
FEWEST, MOST = 2, 9


class Churn:
    """
    Pillars are in some stack's newest revision at every moment, and so must never be deleted; leaves come and go. One
    stack is a guest, withdrawn and given again.
    """

    def __init__(self, scene, chance):
        self.scene = scene
        self.chance = chance
        self.stacks = {scene.new_stack(): {} for _ in range(3)}
        self.guest = scene.new_stack()
        self.newest = {}
        self.stacks[self.guest] = {}
        self.is_guest_away = False
        self.pillars = set()
        self._names = count()
        self._values = count()
        for stack_id in self.homes:
            self.pillars |= {self._add(stack_id) for _ in range(3)}
            self.push(stack_id)
        self._grow(self.guest)

    @property
    def homes(self):
        return [stack_id for stack_id in self.stacks if stack_id != self.guest]

    @property
    def live(self):
        return self.homes if self.is_guest_away else list(self.stacks)

    @property
    def wanted(self):
        """
        By name, the stack and the value.
        """
        return {name: (stack_id, stack[name]) for stack_id, stack in self.stacks.items() for name in stack}

    def step(self):
        self.chance.choice([self.grow, self.change, self.drop, self.move, self.move, self.come_or_go])()

    def grow(self):
        self._grow(self.chance.choice(self.live))

    def change(self):
        stack_id = self.chance.choice(self.live)
        for name in self.chance.sample(sorted(self.stacks[stack_id]), 2):
            self.stacks[stack_id][name] = next(self._values)
        self.push(stack_id)

    def drop(self):
        stack_id = self.chance.choice(self.live)
        for name in self._some_of(stack_id, self.stacks[stack_id].keys() - self.pillars):
            del self.stacks[stack_id][name]
        self.push(stack_id)

    def move(self):
        """
        The new home is pushed first, so that a pillar is wanted all the time.
        """
        old, new = self.chance.sample(self.homes, 2)
        moved = {name: self.stacks[old][name] for name in self._some_of(old, self.stacks[old].keys())}
        self.stacks[new].update(moved)
        self.push(new)
        for name in moved:
            del self.stacks[old][name]
        self.push(old)

    def come_or_go(self):
        """
        The guest is withdrawn, or given again with something else in it.
        """
        self.is_guest_away = not self.is_guest_away
        if self.is_guest_away:
            self.stacks[self.guest] = {}
            self.newest.pop(self.guest)
            self.scene.withdraw(self.guest)
        else:
            self.scene.admin.target(self.scene.me, self.guest)
            self._grow(self.guest)

    def push(self, stack_id):
        self.newest[stack_id] = self.scene.push(stack_id, more=self.texts(stack_id))

    def texts(self, stack_id):
        return [self._text(name, value) for name, value in self.stacks[stack_id].items()]

    def _grow(self, stack_id):
        for _ in range(self.chance.randint(2, 4)):
            if len(self.stacks[stack_id]) < MOST:
                self._add(stack_id)
        self.push(stack_id)

    def _add(self, stack_id):
        name = f"{self.chance.choice(sorted(KINDS))}-{next(self._names)}"
        self.stacks[stack_id][name] = next(self._values)
        return name

    def _some_of(self, stack_id, names):
        """
        Few enough that the stack does not become empty, nor the brake come down.
        """
        most = max(0, min(3, len(self.stacks[stack_id]) - FEWEST))
        return self.chance.sample(sorted(names), min(most, len(names)))

    def _text(self, name, value):
        api_version, kind = KINDS[name[0]]
        annotations = f"{{example.test/value: '{value}'}}"
        metadata = f"{{name: {name}, namespace: {self.scene.namespace}, annotations: {annotations}}}"
        return f"apiVersion: {api_version}\nkind: {kind}\nmetadata: {metadata}\n"


def everything_in(scene):
    """
    All objects of these kinds in the scene's namespace, by name: their metadata.
    """
    found = {}
    for letter, plural in PLURALS.items():
        listed = scene.ask("GET", f"{ROOTS[letter]}/namespaces/{scene.namespace}/{plural}").insist().body["items"]
        found |= {one["metadata"]["name"]: one["metadata"] for one in listed}
    found.pop("kube-root-ca.crt", None)
    return found
