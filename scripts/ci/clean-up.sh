#!/usr/bin/env bash
# Removes what a smoke test that was killed has left, as its ledger tells. From the root of the repository.
# The job that calls it begins when that run's job is over, so a lease that cannot be seen from here is no matter.
# Credentials come from PINGONE_* OS variables. SMOKE_LEDGER: folder of the ledger (default: ledger).
set -euo pipefail

exec node dist/cli/bin.js cleanup --run-ended --ledger "${SMOKE_LEDGER:-ledger}"
