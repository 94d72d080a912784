#!/usr/bin/env bash
# The run of action.yml: its inputs as INPUT_*, its outputs into the file GITHUB_OUTPUT.
set -uo pipefail
program="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/dist/cli/bin.js"
report="${RUNNER_TEMP:-/tmp}/pingone-tutorial.json"
rm -f "$report"

read -ra collections <<<"${INPUT_COLLECTIONS:-}"
read -ra reporters <<<"${INPUT_REPORTERS:-}"
arguments=(run "${collections[@]}" --cleanup "${INPUT_CLEANUP:-always}" --reporter github --reporter "json=$report")
for reporter in "${reporters[@]}"; do
  arguments+=(--reporter "$reporter")
done
if [[ -n ${INPUT_ENVIRONMENT:-} ]]; then
  arguments+=(--environment "$INPUT_ENVIRONMENT")
fi
if [[ ${INPUT_SIMULATOR:-false} == true ]]; then
  arguments+=(--simulator)
else
  arguments+=(--no-simulator)
fi

node "$program" "${arguments[@]}" &
running=$!
# Whoever ends this script means the program, which then removes what it created. A signal ends "wait", not the program.
trap 'kill -TERM "$running" 2>/dev/null || true' INT TERM
wait "$running"
code=$?
while kill -0 "$running" 2>/dev/null; do
  wait "$running"
  code=$?
done
outcome=
if [[ -f $report ]]; then
  outcome=$(node -p 'JSON.parse(fs.readFileSync(process.argv[1], "utf8")).outcome' "$report")
fi
{
  echo "outcome=$outcome"
  echo "code=$code"
  echo "report=$report"
} >>"${GITHUB_OUTPUT:-/dev/stdout}"
exit "$code"
