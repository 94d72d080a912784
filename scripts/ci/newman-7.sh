#!/usr/bin/env bash
# Runs the tests of the published Newman with Newman 7, as soon as that is on the registry. Until then it prints that it did not.
set -euo pipefail
cd "$(dirname "$0")/../.."

not_run() {
  printf '\n== Newman 7 was NOT RUN: %s\n\n' "$1"
  if [ "${GITHUB_ACTIONS:-}" = true ]; then printf '::warning title=Newman 7 was not run::%s\n' "$1"; fi
  exit 0
}

versions=$(npm view newman versions --json) || not_run 'the registry did not answer'
version=$(node -e '
  const versions = [JSON.parse(process.argv[1])].flat();
  console.log(versions.findLast((version) => /^7\.\d+\.\d+$/.test(version)) ?? "");
' "$versions")
if [ -z "$version" ]; then not_run 'it is not on the registry'; fi

node -e '
  const [major, minor] = process.versions.node.split(".").map(Number);
  process.exitCode = major > 22 || (major === 22 && minor >= 13) ? 0 : 1;
' || not_run "it needs Node 22.13 or later; this is $(node --version)"

printf '== Newman %s\n' "$version"
npm install --no-save --no-audit --no-fund "newman-stock@npm:newman@$version"
npx vitest run test/e2e/stock-newman.test.ts
npm run interop -- --tool 'Newman, as published'
