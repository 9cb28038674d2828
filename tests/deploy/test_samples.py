"""Every file of `deploy/` before the tool it is for: systemd, nginx, Caddy, the schemas of Kubernetes and Compose."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import socket
import ssl
import subprocess
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest

from gateway.health import Health
from gateway.key_file import KeyFile
from gateway.services import open_gateway
from gateway.settings import Settings, load, table
from tests.clients.gear import ROOT
from tests.deploy.gateways import Running, environment, until
from tests.mock_server import free_port
from tests.nginx_server import FRAME, certificate, nginx, user

DEPLOY = ROOT / "deploy"
CHECKS = ROOT / ".venvs" / "deploy" / "bin"
WORST = 2.0
"""What `systemd-analyze security` may say of a unit at most; 10 is a unit without any protection."""
OLD_DEVICES = {"/api/help/test.json": b"200", "/connect": b"403", "/settings": b"403"}
TO_JSON = "import sys, json, yaml; print(json.dumps(list(yaml.safe_load_all(open(sys.argv[1])))))"


def ran(*command: str | Path, **options: Any) -> str:
    """What a tool that is content says."""
    first = shutil.which(command[0], path="/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin") or str(command[0])
    done = subprocess.run(
        [first, *map(str, command[1:])], capture_output=True, text=True, check=False, timeout=60, **options
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return str(done.stdout + done.stderr)


def documents(path: Path) -> list[dict[str, Any]]:
    """The documents of a YAML file."""
    found: list[dict[str, Any]] = json.loads(ran(CHECKS / "python", "-c", TO_JSON, path))
    return found


@pytest.fixture
def units(tmp_path: Path) -> list[Path]:
    """The units, with a program that is there and an instance of the template."""
    for name, ours in {"oldbird.service": "oldbird.service", "oldbird@.service": "oldbird@1.service"}.items():
        text = (DEPLOY / "systemd" / name).read_text()
        (tmp_path / ours).write_text(text.replace("/opt/oldbird/bin/oldbird", shutil.which("true") or "/bin/true"))
    return [tmp_path / "oldbird.service", tmp_path / "oldbird@1.service"]


def test_the_units_are_right_and_locked_up(units: list[Path], capsys: pytest.CaptureFixture[str]) -> None:
    for unit in units:
        assert ran("systemd-analyze", "verify", "--man=no", unit, cwd=unit.parent) == ""
        told = ran("systemd-analyze", "security", "--offline=true", "--no-pager", unit.name, cwd=unit.parent)
        score = re.search(r"Overall exposure level for .*: ([0-9.]+) ", told)
        assert score
        with capsys.disabled():
            print(f"\nsystemd-analyze security {unit.name}: {score[1]} of 10")
        assert float(score[1]) <= WORST


def test_the_units_name_settings_that_exist(units: list[Path]) -> None:
    for unit in units:
        named = set(re.findall(r"OLDBIRD_([A-Z_]+)=", unit.read_text()))
        assert {name.lower() for name in named} <= {row.name for row in table()}
        assert "TimeoutStopSec=45" in unit.read_text()


def test_nginx_takes_all_samples_together(tmp_path: Path) -> None:
    certificate(tmp_path)
    server = "\n".join(path.read_text() for path in sorted(DEPLOY.glob("nginx*.conf")))
    server = re.sub(r"/etc/ssl/gate\.example(\.rsa)?", f"{tmp_path}/gate", server)
    (tmp_path / "all.conf").write_text(FRAME.format(folder=tmp_path, server=server, user=user()))
    said = ran("nginx", "-t", "-p", tmp_path, "-c", tmp_path / "all.conf", "-e", tmp_path / "log")
    assert "test is successful" in said
    assert not re.search(r"proxy_next_upstream[^#;]*non_idempotent;", server)


def test_caddy_takes_its_sample(tmp_path: Path) -> None:
    home = {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path), "PATH": "/usr/bin"}
    said = ran("caddy", "validate", "--config", DEPLOY / "Caddyfile", "--adapter", "caddyfile", env=home)
    assert "Valid configuration" in said
    assert "not formatted" not in said


def old_client(version: ssl.TLSVersion, ciphers: str) -> ssl.SSLContext:
    """TLS as an old device speaks it, which checks nothing."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers(f"{ciphers}:@SECLEVEL=0")
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.options &= ~(ssl.OP_NO_TLSv1 | ssl.OP_NO_TLSv1_1)
    context.minimum_version = context.maximum_version = version
    return context


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
@pytest.mark.filterwarnings("ignore:ssl.OP_NO")
def test_an_old_device_gets_as_far_as_its_listener_and_no_further(tmp_path: Path) -> None:
    settings = environment(tmp_path / "data", plain_http="127.0.0.1:0", trusted_proxies="127.0.0.1")
    running = Running(settings)
    try:
        line = next(line for line in running.said if "without TLS" in line)
        plain = json.loads(line)["message"].rpartition("http://")[2]
        places = {
            "listen 8443 ssl": "listen 127.0.0.1:{port} ssl",
            "/etc/ssl/gate.example.rsa": "{folder}/gate",
            "http://127.0.0.1:8094": "http://{upstream}",
        }
        with nginx(tmp_path, plain, sample="nginx-old-tls.conf", places=places, old=True) as front:
            port = int(front.url.rpartition(":")[2])
            for version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_2):
                context = old_client(version, "AES128-SHA:DES-CBC3-SHA:ECDHE-RSA-AES128-SHA")
                with (
                    socket.create_connection(("127.0.0.1", port), 10) as bare,
                    context.wrap_socket(bare, server_hostname="localhost") as secured,
                ):
                    assert secured.version() == version.name.replace("_", ".")
                    for path, status in OLD_DEVICES.items():
                        secured.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n".encode())
                        assert secured.recv(65536).split(b" ")[1] == status
    finally:
        assert running.stop() == 0


@pytest.mark.parametrize("path", sorted((DEPLOY / "kubernetes").glob("*.yaml")), ids=lambda path: path.name)
def test_the_manifests_keep_to_the_schema(path: Path) -> None:
    said = ran(CHECKS / "kubernetes-validate", "--strict", path)
    assert said.count(" passed ") == len(documents(path))


def test_the_manifests_fit_each_other() -> None:
    found = [one for path in (DEPLOY / "kubernetes").glob("*.yaml") for one in documents(path)]
    kinds = {(one["kind"], one["metadata"]["name"]): one for one in found}
    assert {kind for kind, _ in kinds} == {
        "ConfigMap", "Deployment", "Ingress", "NetworkPolicy", "PodDisruptionBudget", "Service", "StatefulSet"
    }  # fmt: skip
    deployment = kinds["Deployment", "oldbird"]["spec"]
    pod = deployment["template"]["spec"]
    (container,) = pod["containers"]
    assert deployment["replicas"] > 1
    assert pod["enableServiceLinks"] is False
    assert {container[probe]["httpGet"]["path"] for probe in ("livenessProbe", "startupProbe")} == {"/livez"}
    assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"
    grace = pod["terminationGracePeriodSeconds"] - int(container["lifecycle"]["preStop"]["exec"]["command"][1])
    assert grace > load({}).request_seconds + 6
    stateful = kinds["StatefulSet", "oldbird-redis"]["spec"]["template"]["spec"]
    for one in (*pod["initContainers"], container, *stateful["containers"]):
        locked = one["securityContext"]
        assert (locked["readOnlyRootFilesystem"], locked["allowPrivilegeEscalation"]) == (True, False)
        assert locked["capabilities"] == {"drop": ["ALL"]}
        assert one["resources"]["limits"]["memory"]
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    settings = load(kinds["ConfigMap", "oldbird"]["data"])
    assert ports == {"http": settings.port, "metrics": int(settings.metrics.rpartition(":")[2])}
    assert settings.store == "redis://oldbird-redis:6379/0"
    assert kinds["Service", "oldbird-redis"]["spec"]["ports"][0]["port"] == 6379
    backend = kinds["Ingress", "oldbird"]["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"]
    assert ("Service", backend["name"]) in kinds
    for (kind, _), one in kinds.items():
        if kind in {"PodDisruptionBudget", "Deployment", "StatefulSet"}:
            assert ("Service", one["spec"]["selector"]["matchLabels"]["app"]) in kinds


def test_compose_keeps_to_the_schema_and_is_locked_up() -> None:
    path = DEPLOY / "compose.yaml"
    ran(CHECKS / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", path)
    (found,) = documents(path)
    for service in found["services"].values():
        assert service["read_only"] is True
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service["cap_drop"] == ["ALL"]
        assert service["mem_limit"]
        assert service["healthcheck"]["test"][0] == "CMD"
    gateway = found["services"]["gateway"]
    settings = load(gateway["environment"])
    assert (settings.store, settings.workers) == ("redis://redis:6379/0", 2)
    assert all(port.startswith("127.0.0.1:") for port in gateway["ports"])
    assert (DEPLOY / gateway["build"]["context"] / gateway["build"]["dockerfile"]).is_file()
    assert (DEPLOY / f"{gateway['env_file']}.example").is_file()


def test_the_redis_of_the_samples_is_one_the_gateway_takes(tmp_path: Path) -> None:
    """The command lines of Compose and Kubernetes, run: a gateway refuses a Redis that would lose records."""
    (compose,) = documents(DEPLOY / "compose.yaml")
    stateful = next(one for one in documents(DEPLOY / "kubernetes" / "redis.yaml") if one["kind"] == "StatefulSet")
    commands = (
        compose["services"]["redis"]["command"],
        stateful["spec"]["template"]["spec"]["containers"][0]["command"],
    )
    for number, command in enumerate(commands):
        folder, port = tmp_path / str(number), free_port()
        folder.mkdir()
        words = [str(folder) if word == "/data" else word for word in command]
        more = ["--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder)]
        with subprocess.Popen([*words, *more], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as redis:
            try:
                answered(port)
                settings = Settings(data_dir=tmp_path / f"data{number}", store=f"redis://127.0.0.1:{port}/0")
                assert asyncio.run(trouble(settings)) == ""
            finally:
                redis.terminate()


async def trouble(settings: Settings) -> str:
    """Why a gateway with these would not be sent requests, "" when it is ready. Raises what ends its start."""
    async with open_gateway(settings) as gateway:
        return await Health(gateway).trouble()


def answered(port: int) -> None:
    """Returns once somebody listens."""

    def there() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    until(there)


def test_the_key_is_copied_so_that_the_gateway_takes_it(tmp_path: Path) -> None:
    """The command of the init container."""
    deployment = next(one for one in documents(DEPLOY / "kubernetes" / "oldbird.yaml") if one["kind"] == "Deployment")
    (first,) = deployment["spec"]["template"]["spec"]["initContainers"]
    (tmp_path / "secret").mkdir()
    (tmp_path / "data").mkdir()
    key = tmp_path / "secret" / "server.key"
    key.write_bytes(bytes(range(32)))
    key.chmod(0o440)
    ran(*(re.sub(r"^/(secret|data)/", rf"{tmp_path}/\1/", word) for word in first["command"]))
    assert KeyFile(tmp_path / "data").read() is not None


def test_the_gateway_reaches_nothing_of_the_own_network() -> None:
    """The ranges in which clusters and machines have their addresses."""
    policy = next(one for one in documents(DEPLOY / "kubernetes" / "oldbird.yaml") if one["kind"] == "NetworkPolicy")
    blocks = [to["ipBlock"] for rule in policy["spec"]["egress"] for to in rule["to"] if "ipBlock" in to]
    closed = [ip_network(block) for one in blocks for block in one["except"]]
    for inside in ("10.1.2.3", "100.64.0.1", "172.16.0.1", "192.168.0.1", "169.254.169.254", "fd00::1", "fe80::1"):
        assert any(ip_address(inside) in block for block in closed), inside


@pytest.mark.parametrize("sample", ["compose.yaml", "kubernetes/redis.yaml"])
def test_unfinished_uploads_leave_most_of_redis_to_what_must_be_kept(sample: str) -> None:
    """It evicts nothing: once it is full nobody can write."""
    found = re.search(r"--maxmemory\s+- (\d+)mb", (DEPLOY / sample).read_text())
    assert found is not None
    assert Settings().upload_bytes * 4 <= int(found[1]) * 1024 * 1024
