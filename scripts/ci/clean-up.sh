#!/usr/bin/env bash
# Removes what a smoke test that was killed has left, as its ledger tells. From the root of the repository.
# Credentials come from PINGONE_* OS variables. SMOKE_LEDGER: folder of the ledger (default: ledger).
set -euo pipefail

exec node dist/cli/bin.js cleanup --ledger "${SMOKE_LEDGER:-ledger}"
