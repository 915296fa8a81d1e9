"""The client itself: where it asks, as whom, and what it leaves alone."""

from pathlib import Path

import pytest
import requests
from tests.client.documented import MODEL, PROBLEM
from tests.client.stub import Answer, Stub

import weighbridge_client
from weighbridge_client import Attribute, Client, LayerSummary, NotFound, UnexpectedAnswer


def test_everything_public_is_in_all_and_has_a_docstring() -> None:
    public = {name for name in vars(weighbridge_client) if not name.startswith("_")}
    modules = {"client", "difference", "document", "errors", "escape", "extra", "family", "gate"}
    modules |= {
        "memory",
        "problem",
        "record",
        "report",
        "retries",
        "summary",
        "transport",
        "vocabulary",
        "warnings",
    }
    listed = set(weighbridge_client.__all__)
    assert listed == public - modules - {"version"} | {"__version__"}
    classes = [v for n in listed if isinstance(v := getattr(weighbridge_client, n), type)]
    assert all(kind.__doc__ for kind in classes)


def test_the_package_is_typed() -> None:
    assert (Path(weighbridge_client.__file__).parent / "py.typed").exists()


def test_the_client_says_who_it_is_and_what_it_reads(client: Client, stub: Stub) -> None:
    client.count(MODEL)
    headers = stub.asked[0].headers
    assert headers["User-Agent"] == f"weighbridge-client/{weighbridge_client.__version__}"
    assert headers["Accept"] == "application/json"
    assert "Authorization" not in headers


def test_the_token_wins_over_a_netrc_file(
    stub: Stub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with Client(stub.url, token="s3cret") as client:
        client.count(MODEL)
        assert "s3cret" not in repr(client)
    assert stub.asked[0].headers["Authorization"] == "Bearer s3cret"


@pytest.mark.parametrize("token", ["", " ", "a\nb", "sécret"])
def test_a_token_that_cannot_be_one_is_refused_and_not_shown(token: str) -> None:
    with pytest.raises(ValueError, match=r"^the token has characters that no token has$"):
        Client("http://127.0.0.1:8000", token=token)


@pytest.mark.parametrize("url", ["", "127.0.0.1:8000", "ftp://host", "http://", "http://h/?a=b"])
def test_a_base_url_that_cannot_be_one_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="base_url must look like"):
        Client(url)


def test_a_base_url_may_have_a_path(stub: Stub) -> None:
    with Client(f"{stub.url}/weighbridge/") as client:
        client.count(MODEL)
    assert stub.asked[0].path == "/weighbridge/v1/count"


def test_a_session_of_ones_own_is_neither_changed_nor_closed(stub: Stub) -> None:
    with requests.Session() as session:
        session.headers["X-Request-ID"] = "mine"
        headers, adapters = dict(session.headers), dict(session.adapters)
        for _ in range(2):
            with Client(stub.url, token="s3cret", session=session) as client:
                client.count(MODEL)
        assert dict(session.headers) == headers
        assert (dict(session.adapters), session.auth) == (adapters, None)
    assert [asked.headers["X-Request-ID"] for asked in stub.asked] == ["mine", "mine"]


def test_layers_lists_the_vocabulary(client: Client, stub: Stub) -> None:
    stub.answers_json({"layers": [{"type": "Dense", "summary": "y = x W + b", "new": 1}]})
    assert client.layers() == (LayerSummary(type="Dense", summary="y = x W + b"),)
    assert stub.asked[0].path == "/v1/layers"


def test_layer_tells_all_about_one_type(client: Client, stub: Stub) -> None:
    units = {"name": "units", "type": "integer", "required": True, "meaning": "features out"}
    members = {"type": "Dense", "summary": "A sum.", "category": "core", "attributes": [units]}
    stub.answers_json(members | {"schema": {"type": "object"}, "formula": "units x in"})
    dense = client.layer("Dense")
    known = Attribute(name="units", type="integer", required=True, meaning="features out")
    assert (dense.attributes, dense.schema) == ((known,), {"type": "object"})
    assert stub.asked[0].path == "/v1/layers/Dense"


def test_a_type_name_stays_in_its_place(client: Client, stub: Stub) -> None:
    stub.answers_json(PROBLEM | {"code": "not_found"}, 404)
    with pytest.raises(NotFound):
        client.layer("a/b?c")
    assert stub.asked[0].path == "/v1/layers/a%2Fb%3Fc"


def test_version_tells_versions_and_limits(client: Client, stub: Stub) -> None:
    stub.answers_json({"weighbridge": "0.1.0", "limits": {"rows": 200_000}})
    assert client.version()["limits"] == {"rows": 200_000}
    stub.answers_json(["0.1.0"])
    with pytest.raises(UnexpectedAnswer):
        client.version()


def test_healthy_is_whether_the_service_answers(stub: Stub) -> None:
    with Client(stub.url, retries=0) as client:
        assert client.healthy()
        stub.answers = [Answer(503)]
        assert not client.healthy()
        stub.answers = [Answer(404)]
        with pytest.raises(weighbridge_client.RequestError):
            client.healthy()
    assert stub.asked[0].path == "/healthz"
