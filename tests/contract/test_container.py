"""What the container's files claim. No image is built here."""

import json
import re
import subprocess
import sys
import urllib.parse
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from weighbridge.settings import Settings, variables

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def instructions() -> list[tuple[str, str]]:
    """Give the Dockerfile's instructions in order, as (word, rest)."""
    text = re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE)
    lines = re.sub(r"\\\n\s*", "", text).splitlines()
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in lines) if word]


@pytest.fixture(scope="module")
def final(instructions: list[tuple[str, str]]) -> dict[str, str]:
    """Give the instructions of the last stage."""
    begin = max(index for index, (word, _) in enumerate(instructions) if word == "FROM")
    return dict(instructions[begin:])


@pytest.fixture(scope="module")
def service() -> dict[str, Any]:
    """Give the service of docker-compose.yml."""
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    only: dict[str, Any] = compose["services"]["weighbridge"]
    return only


def test_the_image_holds_only_the_environment(final: dict[str, str]) -> None:
    assert final["COPY"] == "--from=build /opt/weighbridge /opt/weighbridge"
    assert "RUN" not in final


def test_both_stages_have_the_same_python(instructions: list[tuple[str, str]]) -> None:
    images = {rest.split()[0] for word, rest in instructions if word == "FROM"}
    assert len(images) == 1


def test_the_user_is_a_number_and_not_root(final: dict[str, str]) -> None:
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", final["USER"])


def test_the_command_needs_no_shell(final: dict[str, str]) -> None:
    assert json.loads(final["CMD"]) == ["weighbridge", "serve"]


def test_what_is_copied_is_there_and_not_ignored(instructions: list[tuple[str, str]]) -> None:
    kept = {
        line[1:]
        for line in (ROOT / ".dockerignore").read_text().splitlines()
        if line.startswith("!")
    }
    copied = {
        source
        for word, rest in instructions
        if word == "COPY" and not rest.startswith("--from")
        for source in rest.split()[:-1]
    }
    assert copied == kept
    assert all((ROOT / source).exists() for source in copied)


def test_the_build_has_every_file_that_the_project_names() -> None:
    project = (ROOT / "pyproject.toml").read_text()
    named = re.findall(r'"((?:README|LICENSE)[^"]*)"', project)
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert all(any(fnmatch(name, line[1:]) for line in ignored) for name in named)


def test_the_image_sets_only_settings_that_there_are(
    final: dict[str, str], service: dict[str, Any]
) -> None:
    names = set(re.findall(r"WEIGHBRIDGE_\w+(?==)", final["ENV"])) | set(service["environment"])
    assert names <= set(variables())


def test_the_health_check_sees_whether_the_service_lives(
    final: dict[str, str], service_url: str
) -> None:
    port = urllib.parse.urlsplit(service_url).port
    command = json.loads(final["HEALTHCHECK"].partition(" CMD ")[2])
    assert command[0] == "python"
    assert _health(command[1:], f":{port}/") == 0
    assert _health(command[1:], ":1/") != 0


def _health(arguments: list[str], port: str) -> int:
    there = [argument.replace(":8000/", port) for argument in arguments]
    return subprocess.run(
        [sys.executable, *there], capture_output=True, timeout=10, check=False
    ).returncode


def test_compose_checks_health_as_the_image_does(
    final: dict[str, str], service: dict[str, Any]
) -> None:
    command = json.loads(final["HEALTHCHECK"].partition(" CMD ")[2])
    assert service["healthcheck"]["test"] == ["CMD", *command]


def test_compose_gives_no_more_rights_than_needed(service: dict[str, Any]) -> None:
    assert service["read_only"] is True
    assert service["tmpfs"] == ["/tmp"]  # noqa: S108
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["init"] is True


def test_compose_waits_longer_than_the_service_takes_to_stop(service: dict[str, Any]) -> None:
    seconds = int(service["stop_grace_period"].removesuffix("s"))
    assert seconds > Settings().graceful_timeout


def test_compose_names_no_container_so_that_it_scales(service: dict[str, Any]) -> None:
    assert "container_name" not in service
    assert "replicas" in service["deploy"]
