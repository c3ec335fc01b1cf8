"""How PostgreSQL, Redis, nginx and our server are started, each on its own directory and port."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path

from deploy.cluster.processes import Service

ROOT = Path(__file__).resolve().parents[2]
RENDER = ROOT / "deploy" / "nginx" / "render"
HOST = "127.0.0.1"
_ALSO_LOOKED_AT = "/usr/local/sbin:/usr/sbin:/sbin"
"""Debian has nginx where only root looks for programs."""


class Missing(Exception):  # noqa: N818  a state of the machine, not a fault
    """A program is not installed; the message says how to install it."""


def redis(
    directory: Path,
    port: int,
    *,
    password: str = "",
    also_at: str = "",
    inherited: Sequence[int] = (),
) -> Service:
    """A Redis that keeps nothing: news and counts may be lost.

    With a password it may listen at another address too.
    """
    if shutil.which("redis-server") is None:
        raise Missing("Redis is not installed: `apt-get install redis-server` on Debian.")
    # Not in the command, which everybody on the machine can read.
    secret = f"requirepass {password}\n" if password else ""
    config = directory / "redis.conf"
    config.write_text(f'bind {HOST} {also_at}\nport {port}\nsave ""\nappendonly no\n{secret}')
    config.chmod(0o600)
    asking = {**os.environ, **({"REDISCLI_AUTH": password} if password else {})}
    return Service(
        "Redis",
        ["redis-server", str(config)],
        is_ready=lambda: "PONG" in _output(["redis-cli", "-p", str(port), "ping"], asking),
        log=directory / "redis.log",
        url=f"redis://{f':{password}@' if password else ''}{HOST}:{port}/0",
        inherited=inherited,
    )


def postgres(
    directory: Path,
    port: int,
    *,
    password: str = "",
    also_at: str = "",
    inherited: Sequence[int] = (),
) -> Service:
    """A PostgreSQL with a database `canvas`, which is made in `directory` the first time.

    Without a password every account of this machine may do everything in it. Who may come to
    another address it listens at is for its `pg_hba.conf` to say.
    """
    data = directory / "data"
    binaries = postgres_binaries(data)
    as_owner = as_unprivileged_user(directory)
    if not data.exists():
        _make_database(directory, binaries, as_owner, password)
    ask = [str(binaries / "pg_isready"), "-h", HOST, "-p", str(port)]
    addresses = f"{HOST},{also_at}" if also_at else HOST
    command = [str(binaries / "postgres"), "-D", str(data), "-h", addresses, "-p", str(port)]
    return Service(
        "PostgreSQL",
        # No socket in the file system: its path could be too long. And no compiling of queries:
        # searches are far shorter than that takes, and the planner does not know it.
        [*command, "-k", "", "-c", "jit=off"],
        as_user=as_owner,
        is_ready=lambda: _succeeds(ask),
        log=directory / "log",
        url=f"postgres://canvas{f':{password}' if password else ''}@{HOST}:{port}/canvas",
        end=signal.SIGINT,  # does not wait for open connections
        inherited=inherited,
    )


def nginx(
    directory: Path,
    port: int,
    servers: Sequence[int],
    *,
    static_root: Path,
    inherited: Sequence[int] = (),
) -> Service:
    """The proxy of `deploy/nginx`, in front of servers on these ports."""
    path = f"{os.environ.get('PATH', os.defpath)}:{_ALSO_LOOKED_AT}"
    program = shutil.which("nginx", path=path)
    if program is None:
        raise Missing("nginx is not installed: `apt-get install nginx-light` on Debian.")
    static = directory / "static"
    static.unlink(missing_ok=True)
    static.symlink_to(static_root)
    prefix = os.environ.get("CANVAS_PATH_PREFIX", "").rstrip("/")
    # Relative to `directory`, whose name may have characters that nginx would misread.
    filled_in = {
        "CANVAS_SERVERS": " ".join(f"{HOST}:{server}" for server in servers),
        "CANVAS_PROXY_LISTEN": f"{HOST}:{port}",
        "CANVAS_PROXY_RUN_DIR": "run",
        "CANVAS_PROXY_ACCESS_LOG": "access.log",
        "CANVAS_PROXY_ERROR_LOG": "error.log",
        "CANVAS_PROXY_STATIC_ROOT": "static",
        "CANVAS_PROXY_TLS_CERTIFICATE": "",
    }
    (directory / "run").mkdir(exist_ok=True)
    config = subprocess.run(  # noqa: S603
        [str(RENDER)], env={**os.environ, **filled_in}, check=True, capture_output=True
    )
    (directory / "nginx.conf").write_bytes(config.stdout)
    # Otherwise its workers would be another account, which can't enter the data directory.
    globally = "daemon off;" + (" user root;" if os.geteuid() == 0 else "")
    files = ["-p", f"{directory}/", "-c", "nginx.conf", "-e", "error.log"]
    return Service(
        "nginx",
        [program, *files, "-g", globally],
        is_ready=lambda: _answers(f"http://{HOST}:{port}{prefix}/healthz"),
        log=directory / "start.log",
        url=f"http://{HOST}:{port}",
        inherited=inherited,
    )


def server(
    name: str,
    port: int,
    environment: Mapping[str, str],
    arguments: Sequence[str],
    *,
    log: Path,
    output: Path,
    inherited: Sequence[int] = (),
) -> Service:
    """Our own server."""
    manage = str(ROOT / "manage.py")
    command = [sys.executable, manage, "serve", "--host", HOST, "--port", str(port), *arguments]
    return Service(
        name,
        command,
        is_ready=lambda: _answers(f"http://{HOST}:{port}/readyz"),
        log=log,
        output=output,
        url=f"http://{HOST}:{port}",
        environment=environment,
        inherited=inherited,
    )


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except OSError:
        return False


def _succeeds(command: list[str]) -> bool:
    return subprocess.run(command, check=False, capture_output=True).returncode == 0  # noqa: S603


def _output(command: list[str], environment: Mapping[str, str]) -> str:
    done = subprocess.run(  # noqa: S603
        command, check=False, capture_output=True, text=True, env=environment
    )
    return done.stdout


# --- PostgreSQL


def postgres_binaries(data: Path) -> Path:
    """Where its programs are: the newest, or the ones that made the data."""
    made_by = data / "PG_VERSION"
    version = made_by.read_text().strip() if made_by.exists() else "*"
    found = [path.parent for path in Path("/usr/lib/postgresql").glob(f"{version}/bin/initdb")]
    on_path = shutil.which("initdb")
    if found:
        return max(found, key=lambda path: int(path.parent.name))
    if on_path:
        return Path(on_path).parent
    which = f"-{version}" if made_by.exists() else ""
    raise Missing(
        f"PostgreSQL{which.replace('-', ' ')} is not installed: `apt-get install "
        f"postgresql{which}` on Debian."
    )


def _make_database(directory: Path, binaries: Path, as_owner: list[str], password: str) -> None:
    """In a directory that gets its name at the end, so that it can be interrupted."""
    fresh = directory / "data.new"
    shutil.rmtree(fresh, ignore_errors=True)
    setup = [str(binaries / "initdb"), "-D", str(fresh), "-U", "canvas", "-E", "UTF8"]
    secret = directory / "password"
    if password:
        secret.write_text(password)
        secret.chmod(0o600)
        if as_owner:
            shutil.chown(secret, "postgres")
        setup += ["-A", "scram-sha-256", "--pwfile", str(secret)]
    else:
        setup += ["-A", "trust", "-N"]  # for a test: it need not survive a power failure
    subprocess.run([*as_owner, *setup], check=True, stdout=subprocess.DEVNULL)  # noqa: S603
    subprocess.run(  # noqa: S603
        [*as_owner, str(binaries / "postgres"), "--single", "-D", str(fresh), "postgres"],
        input=b"CREATE DATABASE canvas;\n",
        check=True,
        capture_output=True,
    )
    secret.unlink(missing_ok=True)
    fresh.rename(directory / "data")


def as_unprivileged_user(directory: Path) -> list[str]:
    """The beginning of a command: PostgreSQL refuses to run as root, and Debian's package creates a
    user for it.

    Where that user can't enter the directories above, it may pass them all the same.
    """
    if os.geteuid() != 0:
        return []
    shutil.chown(directory, "postgres")
    user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    if all(parent.stat().st_mode & stat.S_IXOTH for parent in directory.resolve().parents):
        return user
    return [*user, "--inh-caps=+dac_override", "--ambient-caps=+dac_override"]
