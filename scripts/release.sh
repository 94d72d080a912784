#!/usr/bin/env bash
# Publishes the package to the registry that npm is set to: what .github/workflows/release.yml does, and its rehearsal in a test.
# REPOSITORY is where this repository is (https://github.com/OWNER/NAME): the one place that says it, and what provenance is checked with.
# Arguments go to npm publish.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
: "${REPOSITORY:?set it to the address of this repository}"

version=$(node -p 'require("./package.json").version')
if [[ -n ${TAG:-} && $TAG != "v$version" ]]; then
  echo "error: the tag is $TAG, and package.json has version $version; correct one of them" >&2
  exit 2
fi
if ! node --input-type=module -e 'import { isBuilt } from "./scripts/build/stamp.mjs"; process.exit(isBuilt() ? 0 : 1)'; then
  echo "error: dist is not made of these sources; run npm run build" >&2
  exit 2
fi
staging=$(mktemp -d)
trap 'rm -rf "$staging"' EXIT
tarball=$(npm pack --ignore-scripts --silent --pack-destination "$staging")
tar -xzf "$staging/$tarball" -C "$staging"
cd "$staging/package"
npm pkg set "repository.type=git" "repository.url=git+$REPOSITORY.git" "homepage=$REPOSITORY#readme" "bugs.url=$REPOSITORY/issues"
# What is published was built already, and users run no scripts of it.
npm pkg delete scripts devDependencies
npm publish --access public "$@"
