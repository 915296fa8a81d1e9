"""Settings come from the environment, and a bad one is told readably before anything starts."""

import subprocess
from pathlib import Path

import pytest

from weighbridge.limits import Limits
from weighbridge.settings import Settings, SettingsError


def test_an_empty_environment_gives_the_defaults() -> None:
    assert Settings.from_environment({}) == Settings()


def test_every_kind_of_setting_is_read() -> None:
    settings = Settings.from_environment(
        {
            "WEIGHBRIDGE_BIND": "0.0.0.0:80",
            "WEIGHBRIDGE_THREADS": "8",
            "WEIGHBRIDGE_ACCESS_LOG": "1",
            "WEIGHBRIDGE_TOKENS": "one, two==",
            "WEIGHBRIDGE_LIMIT_ROWS": "1_000_000",
        }
    )
    assert settings == Settings(
        bind="0.0.0.0:80",
        threads=8,
        access_log=True,
        tokens=("one", "two=="),
        limits=Limits(rows=1_000_000),
    )


def test_an_empty_variable_counts_as_not_set() -> None:
    assert Settings.from_environment({"WEIGHBRIDGE_TOKENS": ""}).tokens == ()


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("WEIGHBRIDGE_THREADS", "many", "must be an integer of at least 1, got 'many'"),
        ("WEIGHBRIDGE_WORKERS", "0", "must be an integer of at least 1, got '0'"),
        ("WEIGHBRIDGE_ACCESS_LOG", "yes", "must be 0 or 1, got 'yes'"),
        ("WEIGHBRIDGE_LIMIT_RANK", "-1", "must be an integer of at least 1, got '-1'"),
        ("WEIGHBRIDGE_LIMIT_ROW", "7", "is no limit"),
    ],
)
def test_a_bad_value_is_refused_by_name(variable: str, value: str, message: str) -> None:
    with pytest.raises(SettingsError, match=f"^{variable} {message}"):
        Settings.from_environment({variable: value})


def test_a_bad_token_is_refused_without_showing_it() -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.from_environment({"WEIGHBRIDGE_TOKENS": "good,bad token"})
    assert "bad token" not in str(refused.value)


def test_what_kubernetes_sets_for_a_service_of_that_name_does_no_harm() -> None:
    environment = {"WEIGHBRIDGE_PORT": "tcp://10.0.0.1:80", "WEIGHBRIDGE_SERVICE_HOST": "10.0.0.1"}
    assert Settings.from_environment(environment) == Settings()


def test_tokens_stay_out_of_the_representation() -> None:
    assert "sesame" not in repr(Settings(tokens=("sesame",)))


def test_the_service_does_not_start_with_a_bad_setting(weighbridge: Path) -> None:
    ended = subprocess.run(
        [weighbridge, "serve", "--bind", "127.0.0.1:0"],
        env={"WEIGHBRIDGE_LIMIT_ROWS": "lots"},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert ended.returncode == 1
    assert ended.stderr.strip() == (
        "weighbridge: WEIGHBRIDGE_LIMIT_ROWS must be an integer of at least 1, got 'lots'"
    )
