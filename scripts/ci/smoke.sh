#!/usr/bin/env bash
# Runs the smoke test from the root of the repository, and ends with its exit code. Never 0 when no step ran.
# Credentials come from PINGONE_* OS variables (.env.example). Beside them:
#   SMOKE_OUTPUT     folder for the reports (default: reports)
#   SMOKE_HISTORY    file that remembers earlier runs (default: history/history.json)
#   SMOKE_LEDGER     folder for the record of what is created (default: ledger)
#   SMOKE_KEEP       true: leave what is created
#   SMOKE_PLAN       true: show what would be done, and do nothing
#   SMOKE_SIMULATOR  true: use the simulator, without an account
set -euo pipefail

output=${SMOKE_OUTPUT:-reports}
report=$output/report.json
options=(--output "$output" --history "${SMOKE_HISTORY:-history/history.json}" --ledger "${SMOKE_LEDGER:-ledger}")
if [[ ${SMOKE_KEEP:-} == true ]]; then options+=(--keep); fi
if [[ ${SMOKE_PLAN:-} == true ]]; then options+=(--plan); fi
if [[ ${SMOKE_SIMULATOR:-} == true ]]; then options+=(--simulator); fi

# A report of an earlier run must not speak for this one.
rm -f "$report"
code=0
node dist/cli/bin.js smoke "${options[@]}" &
program=$!
# Whoever ends this script means the program, which then removes what it created. A signal ends "wait", not the program.
trap 'kill -TERM "$program" 2>/dev/null || true' INT TERM
wait "$program" || code=$?
while kill -0 "$program" 2>/dev/null; do
  code=0
  wait "$program" || code=$?
done
if [[ ${SMOKE_PLAN:-} == true ]]; then exit "$code"; fi

passed=$(node -p 'JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8")).totals.steps.passed' "$report" 2>/dev/null) || passed=none
if [[ $code -eq 0 && ! $passed =~ ^[1-9] ]]; then
  echo "error: the smoke test ended well, but no step is known to have passed" >&2
  code=4
fi
if [[ $passed == none && -n ${GITHUB_STEP_SUMMARY:-} ]]; then
  printf '# ❌ The smoke test did not run\n\nExit code %d, and no report. The log of the step says why.\n' "$code" >>"$GITHUB_STEP_SUMMARY"
fi
exit "$code"
