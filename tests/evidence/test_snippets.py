"""The pieces for build servers: valid YAML, the team's own address, and commands that the collector understands."""

from __future__ import annotations

import re
import shlex
import subprocess

import pytest
import yaml

from evidence import command, snippets
from evidence.command import arguments_parser
from evidence.package import FILE_NAME
from evidence.snippets import github_actions, gitlab_ci

URL = "https://arrears.example/team"


def script_of(snippet):
    """The shell commands of a snippet, and the variables they see, as the YAML reader gives them."""
    document = yaml.safe_load(snippet)
    if "jobs" in document:
        (step,) = [step for step in document["jobs"]["scan"]["steps"] if "run" in step]
        return step["run"], step["env"]
    return "\n".join(document["arrears"]["script"]), document["arrears"]["variables"]


def arguments_of(snippet):
    """The collector's own arguments in a snippet."""
    script, _ = script_of(snippet)
    (line,) = [line for line in script.replace("\\\n", " ").splitlines() if f"python {FILE_NAME}" in line]
    words = shlex.split(line.partition("||")[0], comments=True)
    return arguments_parser().parse_args(words[words.index(FILE_NAME) + 1 :])


@pytest.fixture(params=[github_actions, gitlab_ci])
def snippet(request):
    return request.param


def test_it_is_yaml_with_the_teams_own_address(snippet):
    _, variables = script_of(snippet(f"{URL}/"))
    assert variables["ARREARS_URL"] == URL


def test_the_collector_understands_its_command(snippet):
    arguments = arguments_of(snippet(URL))
    assert (arguments.path, arguments.history, arguments.output) == (".", snippets.QUARTERS, "evidence.json")
    assert arguments.push == "$ARREARS_URL"
    assert not arguments.allow_insecure
    assert arguments.token is None, "the token comes from a secret, never from the file"
    assert snippets.SECRET == command.TOKEN_VARIABLE
    assert snippets.NOT_NOW == command.NOT_NOW


def test_an_address_without_encryption_is_said_in_the_open(snippet):
    assert arguments_of(snippet("http://arrears.internal:8501")).allow_insecure


def test_the_shell_understands_it(snippet):
    script, _ = script_of(snippet(URL))
    done = subprocess.run(["sh", "-n"], input=script, text=True, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    "hostile",
    ['https://a"; rm -rf /; "', "https://a/$(id)`id`", "https://a/${{ secrets.X }}", "https://a\nrun: id", "a: b #c"],
)
def test_an_address_can_never_become_a_command(snippet, hostile):
    safe, strange = snippet(URL), snippet(hostile)
    script, variables = script_of(strange)
    assert script == script_of(safe)[0]
    assert re.fullmatch(r"[\w:/;.()%+-]+", variables["ARREARS_URL"])
    assert "$" not in variables["ARREARS_URL"]


def test_the_token_is_a_secret_of_the_build_server():
    _, variables = script_of(github_actions(URL))
    assert variables[snippets.SECRET] == f"${{{{ secrets.{snippets.SECRET} }}}}"
    assert snippets.SECRET not in script_of(gitlab_ci(URL))[1]


def test_only_the_main_branch_sends_and_with_its_whole_history():
    workflow = yaml.safe_load(github_actions(URL))
    assert workflow[True] == {"push": {"branches": ["main"]}}, "YAML reads the word on as true"
    assert workflow["permissions"] == {"contents": "read"}
    assert workflow["jobs"]["scan"]["steps"][0]["with"]["fetch-depth"] == 0
    job = yaml.safe_load(gitlab_ci(URL))["arrears"]
    assert job["variables"]["GIT_DEPTH"] == "0"
    assert job["rules"] == [{"if": "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH"}]
    assert job["allow_failure"]["exit_codes"] == command.NOT_NOW
