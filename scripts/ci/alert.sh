#!/usr/bin/env bash
# Keeps one GitHub issue that says whether the scheduled smoke test works: opens it at the first failure, adds a comment at each
# further one, and closes it when the test has recovered.
#   SMOKE_RESULT, CLEANUP_RESULT  results of the jobs: success, failure, cancelled or skipped
#   RUN_URL                       address of the run
#   GH_TOKEN, GH_REPO             for gh
set -euo pipefail

title='The scheduled smoke test fails'
label=smoke-test
issue=$(gh issue list --state open --label "$label" --limit 1 --json number --jq '.[0].number // empty')

# The clean-up is skipped when things are to be kept; a smoke test that is skipped has shown nothing.
if [[ $SMOKE_RESULT == success && $CLEANUP_RESULT =~ ^(success|skipped)$ ]]; then
  if [[ -n $issue ]]; then
    gh issue close "$issue" --comment "It works again: $RUN_URL"
  fi
  exit 0
fi

body="Smoke test: $SMOKE_RESULT. Clean-up: $CLEANUP_RESULT. $RUN_URL

The summary of that run says which step did not pass, the likeliest cause and what to do; the reports are among its artifacts."
if [[ -n $issue ]]; then
  gh issue comment "$issue" --body "$body"
else
  gh label create "$label" --description 'What the scheduled smoke test found' --color d73a4a --force
  gh issue create --title "$title" --label "$label" --body "$body"
fi
