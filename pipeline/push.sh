#!/bin/sh
# push.sh FOLDER ANSWER: pushes as BROKKR_STACK and the other settings below say, with the `brokkr` in that folder;
# leaves its answer in that file, and ends as it does.
set -eu

is_true() {
  case $2 in
    true) return 0 ;;
    false) return 1 ;;
    *) echo "error: $1 must be true or false, and is '$2'" >&2 && exit 2 ;;
  esac
}

brokkr=$1/bin/brokkr
answer=$2
set -- apply --output=json "--stack=$BROKKR_STACK"
if is_true recursive "$BROKKR_RECURSIVE"; then set -- "$@" --recursive; fi
if is_true create "$BROKKR_CREATE"; then set -- "$@" --create; else set -- "$@" --no-create; fi
if is_true wait "$BROKKR_WAIT"; then set -- "$@" "--wait=$BROKKR_TIMEOUT"; fi
while IFS= read -r path; do
  [ -z "$path" ] || set -- "$@" "--filename=$path"
done <<END
$BROKKR_PATHS
END
while IFS= read -r label; do
  [ -z "$label" ] || set -- "$@" "--target-label=$label"
done <<END
$BROKKR_LABELS
END
exec "$brokkr" "$@" >"$answer"
