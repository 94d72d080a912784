#!/usr/bin/env bash
# For a plain cron. In the crontab of a user of its own (crontab -e):
#   23 3 * * *  /opt/pingone-tutorial/scripts/ci/examples/cron.sh
# It says nothing when all is well, and all there is to say when it is not: cron sends that to MAILTO.
set -euo pipefail

repository=$(cd "$(dirname "$0")/../../.." && pwd)
state=${SMOKE_STATE:-$HOME/.local/state/pingone-smoke}
# Lines such as PINGONE_ADMIN_APP_SECRET=…, readable by this user only (chmod 600).
credentials=${SMOKE_CREDENTIALS:-$HOME/.config/pingone-smoke.env}

mkdir -p "$state"
cd "$repository"
# A smoke test that takes long is not joined by another.
exec 9>"$state/lock"
if ! flock --nonblock 9; then
  echo "the smoke test before this one still runs" >&2
  exit 4
fi

set -a
# shellcheck source=/dev/null
if [[ -f $credentials ]]; then . "$credentials"; fi
set +a
export SMOKE_OUTPUT=$state/reports SMOKE_HISTORY=$state/history.json SMOKE_LEDGER=$state/ledger

code=0
bash scripts/ci/smoke.sh >"$state/smoke.log" 2>&1 || code=$?
if [[ $code -ne 0 ]]; then
  # What the smoke test could not remove itself.
  bash scripts/ci/clean-up.sh >>"$state/smoke.log" 2>&1 || true
  cat "$state/smoke.log"
fi
exit "$code"
