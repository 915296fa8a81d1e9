"""Settings come from the environment, and a bad one is told readably before anything starts."""

import json
import subprocess
from pathlib import Path

import pytest

from weighbridge.count import count
from weighbridge.limits import MOST, Limits
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
        ("WEIGHBRIDGE_LIMIT_RANK", "33", "must be at most 32, got 33"),
        ("WEIGHBRIDGE_LIMIT_NESTING", "129", "must be at most 128, got 129"),
    ],
)
def test_a_bad_value_is_refused_by_name(variable: str, value: str, message: str) -> None:
    with pytest.raises(SettingsError, match=f"^{variable} {message}"):
        Settings.from_environment({variable: value})


def test_what_a_limit_may_be_raised_to_is_counted() -> None:
    model: dict[str, object] = {"type": "Dense", "units": 3}
    for _ in range(MOST["nesting"]):
        model = {"type": "Block", "layers": [model]}
    shape = ["batch", *[1] * (MOST["rank"] - 2), 4]
    body = json.dumps({"inputs": {"x": {"shape": shape}}, "layers": [model]}).encode()
    limits = Limits(nesting=MOST["nesting"], rank=MOST["rank"])
    assert json.loads(count(body, limits=limits))["totals"]["parameters"] == 4 * 3 + 3


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
