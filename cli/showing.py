"""
Differences, as `diff` and `rollback` show them.
"""

from dataclasses import dataclass

from cli.screen import CYAN, GREEN, RED, Screen


@dataclass(frozen=True)
class Side:
    """
    A text, and what it is.
    """

    text: str
    what: str


def show_differences(screen: Screen, before: Side, after: Side) -> bool:
    """
    Whether there are any.
    """
    from cli import diffing, manifests  # noqa: PLC0415 - most commands read no YAML

    if before.text == after.text:
        found = []
    else:
        found = diffing.differences(
            manifests.objects(before.text, before.what), manifests.objects(after.text, after.what)
        )
    for one in found:
        screen.say(screen.painted(f"{one.change}: {one.identity}", COLOURS[one.change]))
        for line in one.lines[2:]:
            screen.say(screen.painted(line, MARKS.get(line[:1])))
    screen.answer([one.row for one in found], [str(one.identity) for one in found])
    return bool(found)


COLOURS = {"added": GREEN, "removed": RED, "changed": CYAN}
MARKS = {"+": GREEN, "-": RED, "@": CYAN}
