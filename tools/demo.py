"""
The main job, on real parts: the tutorial with a narration, then an installation to play with until Ctrl-C.
"""

import argparse
import shutil
import signal
import sys
import tempfile
from contextlib import ExitStack
from itertools import groupby
from pathlib import Path

from tools import parts
from tools.parts import Broker, Cluster
from tools.progress import ToolError, say
from tools.tutorial import DOCUMENT, Block, Deployed, Shell, await_deployed, read

PORT = 3000
PLAYGROUND = Path(__file__).with_name("playground.sh")
PLAYED = Deployed("playground/playground", "registry.example.com/playground:v1.2.3")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.demo", description=__doc__)
    parser.add_argument("--once", action="store_true", help="end after the tutorial")
    arguments = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    interrupted = False
    folder = Path(tempfile.mkdtemp(prefix="brokkr-demo-"))
    try:
        demonstrate(folder, stay=not arguments.once)
    except ToolError as error:
        say(f"demo: {error}\ndemo: the logs are in {folder}")
        return 1
    except KeyboardInterrupt:
        say("\ndemo: stopped; everything it started is gone")
        interrupted = arguments.once
    shutil.rmtree(folder, ignore_errors=True)
    return 1 if interrupted else 0


def demonstrate(folder: Path, *, stay: bool) -> None:
    with ExitStack() as running:
        broker = running.enter_context(parts.running_broker(folder, port()))
        tell(f"The broker answers at {broker.url}")
        cluster = running.enter_context(parts.running_cluster(folder))
        tell(f"A Kubernetes API server answers: {version(cluster)}")
        pak = broker.create_agent("DEFAULT", "DEFAULT")
        running.enter_context(parts.running_agent(folder, broker, cluster, pak))
        tell("An agent runs beside it, and polls the broker each second")
        shell = running.enter_context(Shell(folder, broker.env))
        for title, blocks in groupby(bash_blocks(), lambda block: block.title):
            print(f"\n{bold(title)}", flush=True)
            for block in blocks:
                perform(block, shell, cluster)
        print()
        tell("The tutorial is done: every command did what docs/tutorial.md says")
        if parts.named_cluster():
            left = f"{parts.AGENT_NAMESPACE} playground" if stay else parts.AGENT_NAMESPACE
            tell(f"What stays in your cluster goes with: kubectl delete namespace {left}")
        if stay:
            generator_pak, stack_id = shell.source(PLAYGROUND.read_text()).split()
            await_deployed(PLAYED, cluster.kubectl)
            print(invitation(broker, cluster, folder, generator_pak, stack_id), flush=True)
            signal.pause()


def bash_blocks() -> list[Block]:
    return [block for block in read(DOCUMENT.read_text()) if block.language == "bash"]


def perform(block: Block, shell: Shell, cluster: Cluster) -> None:
    print(f"\n{indented(block.text, '  $ ', '    ')}", flush=True)
    print(indented(shell.run(block), "  "), flush=True)
    for wanted in block.deployed:
        seconds = await_deployed(wanted, cluster.kubectl)
        print(f"  {green('✓')} in the cluster: {wanted} ({seconds:.1f} s after the answer)", flush=True)


def port() -> int:
    if parts.is_free(PORT):
        return PORT
    say(f"demo: port {PORT} is taken; taking another")
    return 0


def version(cluster: Cluster) -> str:
    return cluster.kubectl("version").splitlines()[-1]


def invitation(broker: Broker, cluster: Cluster, folder: Path, generator_pak: str, stack_id: str) -> str:
    return f"""
{bold("It stays up until Ctrl-C, and is thrown away then. Yours to play with:")}

  export BROKKR_URL={broker.url} BROKKR_DATA_DIR={broker.data_dir} PATH={parts.BIN}:$PATH
  export ADMIN_PAK={broker.admin_pak}
  export GENERATOR_PAK={generator_pak} STACK_ID={stack_id}
  alias kubectl='KUBECONFIG={cluster.kubeconfig} {cluster.program}'

  # the fleet, as the admin sees it
  curl -s $BROKKR_URL/api/v1/agents -H "Authorization: Bearer $ADMIN_PAK" | jq

  # a new version of the application in the stack `playground`
  sed 's/v1.2.3/v2.0.0/' {folder}/playground.yaml |
    curl -s $BROKKR_URL/api/v1/stacks/$STACK_ID/deployment-objects -H "Authorization: Bearer $GENERATOR_PAK" \\
      -H "Content-Type: application/yaml" --data-binary @- | jq .sequence_id
  kubectl -n playground get deployments -o wide

  # the operator's command line, beside the running broker
  brokkr-broker create generator --name mine

  The logs of the broker and the agent: {folder}/*.log"""


def tell(message: str) -> None:
    print(f"{green('●')} {message}", flush=True)


def indented(text: str, first: str, rest: str | None = None) -> str:
    lines = text.rstrip().splitlines()
    following = first if rest is None else rest
    return "\n".join(f"{first if number == 0 else following}{line}" for number, line in enumerate(lines))


def bold(text: str) -> str:
    return f"\033[1m{text}\033[0m" if sys.stdout.isatty() else text


def green(text: str) -> str:
    return f"\033[32m{text}\033[0m" if sys.stdout.isatty() else text


if __name__ == "__main__":
    sys.exit(main())
