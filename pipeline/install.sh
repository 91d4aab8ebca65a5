#!/bin/sh
# install.sh FOLDER: `brokkr` of the checkout that this file is in, in a virtual environment of its own.
set -eu
home=$(cd "$(dirname "$0")/.." && pwd)
if ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
  echo "error: brokkr needs Python 3.11 or newer as python3, and this runner has $(python3 -V 2>&1 || true)" >&2
  exit 1
fi
pip="$1/bin/python -m pip --quiet --disable-pip-version-check --no-input"
python3 -m venv "$1"
(
  cd "$home"
  $pip install -r cli/requirements.txt -c constraints.txt
  $pip install --no-deps .
)
