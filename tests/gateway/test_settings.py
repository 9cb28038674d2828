"""Settings from environment and file."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from gateway import settings
from gateway.settings import Settings, SettingsError, load

DOCUMENT = Path(__file__).parents[2] / "docs" / "settings.md"


def written(folder: Path, text: str) -> Path:
    """A settings file."""
    path = folder / "oldbird.toml"
    path.write_text(text)
    return path


def test_without_anything_all_defaults_hold() -> None:
    assert load({}) == Settings()
    assert load({"PATH": "/bin", "OLDBIRD_PORT": "", "OLDBIRD_ALLOW_HOSTS": ""}) == Settings()
    assert Settings().store_url == "sqlite:///var/oldbird.sqlite"


def test_environment_beats_file_beats_default(tmp_path: Path) -> None:
    file = written(tmp_path, 'port = 1\nhost = "::1"\nallow_hosts = ["a:1"]\nupstream_seconds = 3\nredis_unsafe = true')
    found = load({"OLDBIRD_PORT": "2", "OLDBIRD_DATA_DIR": "/srv/x"}, file)
    assert (found.port, found.host, found.allow_hosts) == (2, "::1", ("a:1",))
    assert (found.upstream_seconds, found.redis_unsafe, found.forget_days) == (3.0, True, 0)
    assert found.store_url == "sqlite:////srv/x/oldbird.sqlite"


def test_the_environment_may_name_the_file_and_the_caller_wins(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    one, two = written(tmp_path, "port = 1"), written(tmp_path / "other", "port = 2")
    assert load({"OLDBIRD_CONFIG": str(one)}).port == 1
    assert load({"OLDBIRD_CONFIG": str(one)}, two).port == 2


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("PORT", "0", 0),
        ("DATA_DIR", "here", Path("here")),
        ("ALLOW_HOSTS", " a:1 , [::1]:2,", ("a:1", "[::1]:2")),
        ("TRUSTED_PROXIES", "10.0.0.0/8,::1", ("10.0.0.0/8", "::1")),
        ("REDIS_UNSAFE", "1", True),
        ("REDIS_UNSAFE", "False", False),
        ("UPSTREAM_SECONDS", "2.5", 2.5),
        ("BASE_URL", "https://a.example/", "https://a.example"),
        ("BASE_URL", "http://a.example:1/sub/", "http://a.example:1/sub"),
        ("STORE", "redis://:p@h/0", "redis://:p@h/0"),
        ("LOG_LEVEL", "debug", "debug"),
    ],
)
def test_values_in_the_environment(name: str, text: str, value: object) -> None:
    assert getattr(load({f"OLDBIRD_{name}": text}), name.lower()) == value


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("PORT", "tcp://10.0.0.1:8090", "Expected `int`, got `str` (integer)."),
        ("PORT", "65536", "<= 65535"),
        ("FORGET_DAYS", "-1", ">= 0"),
        ("MAX_BODY", "5", ">= 1024"),
        ("REQUEST_SECONDS", "0", "> 0"),
        ("REDIS_UNSAFE", "perhaps", "Expected `bool`, got `str` (true or false)."),
        ("BASE_URL", "a.example", "Expected text, such as `https://gate.example`."),
        ("BASE_URL", "https://u:geheim@a.example", "such as `https://gate.example`."),
        ("ANONYMOUS", "social.example", "such as `https://social.example`."),
        ("SINGLE_SERVER", "social.example", "such as `https://social.example`."),
        ("METRICS", "9100", "Expected text, such as `127.0.0.1:9100`."),
        ("PLAIN_HTTP", "8091", "Expected text, such as `192.168.1.5:8091`."),
        ("ALLOW_HOSTS", "a:1,localhost", "Expected list of texts, such as `192.168.1.9:3000` - at `$[1]`."),
        ("CONSUMERS", "geheim", "Expected list of texts, such as `key=secret=A program` - at `$[0]`."),
        ("SIGN_UP", "geheim", "Expected one of `open`, `instances`, `people`, `closed`."),
        ("LOG_LEVEL", "geheim", "Expected one of `debug`, `info`, `warning`, `error`."),
        ("PROT", "geheim", "no setting of that name"),
    ],
)
def test_unusable_values_in_the_environment_are_named(name: str, text: str, why: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load({f"OLDBIRD_{name}": text})
    line = str(caught.value)
    assert line.startswith(f"OLDBIRD_{name}: ")
    assert why in line
    assert "\n" not in line
    assert "regex" not in line
    assert "geheim" not in line


@pytest.mark.parametrize(
    ("text", "name", "why"),
    [
        ('port = "1"', "port", "Expected `int`, got `str`"),
        ("data_dir = 1", "data_dir", "Expected a path"),
        ('data_dir = ""', "data_dir", "Expected a path"),
        ('allow_hosts = "a:1"', "allow_hosts", "Expected `array`"),
        ('allow_hosts = ["a:1", "b"]', "allow_hosts", r"$[1]"),
        ("log_json = 1", "log_json", "Expected `bool`"),
        ("ports = 1", "ports", "no setting named"),
        ("[server]\nport = 1", "server", "no setting named"),
    ],
)
def test_unusable_values_in_the_file_are_named(tmp_path: Path, text: str, name: str, why: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(SettingsError) as caught:
        load({}, path)
    line = str(caught.value)
    assert line.startswith(f"{path}: ")
    assert name in line
    assert why in line


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="No such file"):
        load({}, tmp_path / "none.toml")
    with pytest.raises(SettingsError, match="not TOML"):
        load({}, written(tmp_path, "port"))
    (tmp_path / "oldbird.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError, match="UTF-8"):
        load({}, tmp_path / "oldbird.toml")


@pytest.mark.parametrize("name", ["OLDBIRD_TEST_X", "OLDBIRD_BENCH_X", "OLDBIRD_MOCK_PYTHON"])
def test_variables_of_tests_and_demo_are_left_alone(name: str) -> None:
    assert load({name: "anything"}) == Settings()


def test_the_document_is_the_table() -> None:
    assert DOCUMENT.read_text() == settings.document()


def test_every_setting_has_a_meaning_and_a_default_that_it_accepts() -> None:
    rows = settings.table()
    assert [row.name for row in rows] == [field.name for field in msgspec.structs.fields(Settings)]
    for row in rows:
        assert row.meaning.endswith(".")
        assert "|" not in row.meaning
        default = str(row.default) if isinstance(row.default, Path) else msgspec.to_builtins(row.default)
        assert settings._convert(row.name, row, default) == row.default
        if row.example:
            assert settings._convert(row.name, row, [row.example] if isinstance(default, list | tuple) else row.example)


def test_every_setting_with_a_pattern_has_an_example() -> None:
    patterns = {row.name for row in settings.table() if "pattern" in repr(row.kind).replace("pattern=None", "")}
    assert patterns == {row.name for row in settings.table() if row.example}


def test_a_folder_that_cannot_be_made_names_the_setting(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match=r"^data_dir: .*file/x cannot be made: Not a directory\.$"):
        Settings(data_dir=tmp_path / "file" / "x").make_data_dir()
    Settings(data_dir=tmp_path / "a" / "b").make_data_dir()
    assert (tmp_path / "a" / "b").stat().st_mode & 0o777 == 0o700
