import os

import pytest

from tools.progress import ToolError
from tools.tutorial import DOCUMENT, Block, Deployed, Shell, await_deployed, read

PAGE = """
# A page

Words.

## First

```bash
echo one
two=2
```
<!-- prints: one -->
<!-- cluster: shop/web runs web:1 -->

```console
$ not for us
```

## Second

```bash
echo "$two"
```
<!-- prints: 2 -->
<!-- cluster: shop/web is gone -->
"""


@pytest.fixture
def shell(tmp_path):
    with Shell(tmp_path, os.environ) as shell:
        yield shell


def test_blocks_are_read_with_their_titles_and_promises():
    blocks = read(PAGE)

    assert [(block.title, block.language) for block in blocks] == [
        ("First", "bash"),
        ("First", "console"),
        ("Second", "bash"),
    ]
    assert blocks[0] == Block("First", "bash", "echo one\ntwo=2\n", ["one"], [Deployed("shop/web", "web:1")])
    assert blocks[2].deployed == [Deployed("shop/web", None)]


def test_a_variable_of_one_block_is_there_in_the_next(shell):
    printed = [shell.run(block) for block in read(PAGE) if block.language == "bash"]

    assert printed == ["one\n", "2\n"]


def test_a_command_that_fails_is_told_with_what_it_said(shell):
    with pytest.raises(ToolError, match="no such place"):
        shell.source("echo no such place >&2; false; echo on")


def test_a_command_that_fails_inside_a_pipe_fails(shell):
    with pytest.raises(ToolError):
        shell.source("false | cat")


def test_a_promise_that_is_not_kept_is_told(shell):
    with pytest.raises(ToolError, match="\"Count\" did not print '2', but: 1"):
        shell.run(Block("Count", "bash", "echo 1", ["2"]))


def test_a_cluster_is_waited_for():
    images = iter(["", "web:1", "web:2"])

    await_deployed(Deployed("shop/web", "web:2"), lambda *_: next(images), sleep=lambda _: None)

    assert next(images, "all read") == "all read"


def test_the_document_can_be_read_whole():
    """
    A mistyped comment or fence would silently check nothing.
    """
    text = DOCUMENT.read_text()

    blocks = read(text)

    assert len(blocks) == text.count("```") / 2
    assert sum(len(block.prints) + len(block.deployed) for block in blocks) == text.count("<!--")
    assert [str(deployed) for block in blocks for deployed in block.deployed] == [
        "Deployment myapp/myapp runs registry.example.com/myapp:v1.2.3",
        "Deployment myapp/myapp runs registry.example.com/myapp:v1.3.0",
        "Deployment myapp/myapp is gone",
    ]
