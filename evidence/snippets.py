"""What a team pastes into its build server: pieces for GitHub Actions and GitLab CI with its own address filled in."""

from __future__ import annotations

import json
from urllib.parse import quote

from evidence.package import FILE_NAME

QUARTERS = 8
SECRET = "ARREARS_TOKEN"  # noqa: S105 - the name of a secret, not one
NOT_NOW = 3  #: the collector's exit code when the server is away

_GITHUB = """\
# .github/workflows/arrears.yml
# Sends what this repository shows to Arrears after each change of the main branch.
# Once: Settings > Secrets and variables > Actions > New repository secret: {secret}
name: arrears
on:
  push:
    branches: [main]
permissions:
  contents: read
jobs:
  scan:
    runs-on: ubuntu-latest
    timeout-minutes: 15
    steps:
      - uses: actions/checkout@v4
        with:
          fetch-depth: 0  # the whole history, for the quarters before this one
          persist-credentials: false
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
      - name: Scan and send
        env:
          ARREARS_URL: {url}
          {secret}: ${{{{ secrets.{secret} }}}}
        run: |
          curl --fail --silent --show-error --output {file} "$ARREARS_URL/collector.pyz"
          # a gate, when you want one: add --fail-on direct
          python {file} scan . --history {quarters} --no-cache --output evidence.json \\
            --push "$ARREARS_URL"{insecure} || test $? -eq {not_now}  # the server is away: no fault of this build
      - uses: actions/upload-artifact@v4
        if: always()
        with:
          name: evidence
          path: evidence.json
          if-no-files-found: ignore
"""

_GITLAB = """\
# .gitlab-ci.yml
# Sends what this repository shows to Arrears after each change of the main branch.
# Once: Settings > CI/CD > Variables > Add variable: {secret}, masked and protected
arrears:
  image: python:3.12
  timeout: 15 minutes
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  variables:
    GIT_DEPTH: "0"  # the whole history, for the quarters before this one
    ARREARS_URL: {url}
  script:
    - curl --fail --silent --show-error --output {file} "$ARREARS_URL/collector.pyz"
    # a gate, when you want one: add --fail-on direct
    - >-
      python {file} scan . --history {quarters} --no-cache --output evidence.json
      --push "$ARREARS_URL"{insecure}
  allow_failure:
    exit_codes: {not_now}  # the server is away: no fault of this build
  artifacts:
    when: always
    paths: [evidence.json]
"""


def github_actions(url: str) -> str:
    """A workflow for GitHub Actions that scans each push to main and sends what was seen to the Arrears at `url`."""
    return _GITHUB.format(**_words(url))


def gitlab_ci(url: str) -> str:
    """The same as a job for GitLab CI."""
    return _GITLAB.format(**_words(url))


def _words(url: str) -> dict[str, object]:
    """The words that differ. The address stands quoted in YAML and in a variable of the shell: never as a command."""
    address = quote(url.strip().rstrip("/"), safe=":/[]@!&'()*+,;=%~")  # no $, no braces: build servers expand them
    return {
        "url": json.dumps(address),
        "file": FILE_NAME,
        "secret": SECRET,
        "quarters": QUARTERS,
        "not_now": NOT_NOW,
        "insecure": " --allow-insecure" if address.startswith("http://") else "",
    }
