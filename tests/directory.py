"""A real OpenLDAP server for a test, with a certificate of its own."""

from __future__ import annotations

import datetime
import ipaddress
import shutil
import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.patience import patient
from tests.ports import free_port

BASE = "dc=example,dc=org"
PEOPLE, GROUPS = f"ou=people,{BASE}", f"ou=groups,{BASE}"
MANAGER, MANAGER_PASSWORD = f"cn=manager,{BASE}", "the manager's own password"
PASSWORD = "their password in the directory"
SETTINGS = """
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
include /etc/ldap/schema/nis.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile {here}/pid
TLSCACertificateFile {here}/ca.pem
TLSCertificateFile {here}/server.pem
TLSCertificateKeyFile {here}/server.key
# Servers that are set up like this let anybody in who sends a name and no password.
allow bind_anon_cred bind_anon_dn
database mdb
suffix {base}
directory {here}/data
maxsize 100000000
dbnosync
rootdn "{manager}"
rootpw "{password}"
sizelimit {most}
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="{manager}" write by * read
"""


class Directory:
    """`slapd` in a process of its own."""

    def __init__(self, directory: Path, *, most: int = 10_000) -> None:
        program = shutil.which("slapd", path="/usr/sbin:/usr/lib/openldap:/usr/local/libexec")
        if program is None:
            pytest.fail("slapd is not installed: apt-get install slapd")
        self.here = directory
        (directory / "data").mkdir()
        # Where AppArmor guards slapd, it guards that path, and keeps it from other directories.
        self._program = str(shutil.copy(program, directory / "slapd"))
        self.port, self.tls_port = free_port(), free_port()
        self.plain, self.encrypted = (
            f"ldap://127.0.0.1:{self.port}",
            f"ldaps://127.0.0.1:{self.tls_port}",
        )
        self.ca = make_certificates(directory)
        values = {"here": directory, "base": BASE, "manager": MANAGER, "most": most}
        text = SETTINGS.format(**values, password=MANAGER_PASSWORD)
        (directory / "slapd.conf").write_text(text)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def settings(self) -> dict[str, str]:
        """The environment of a server that uses it."""
        return {
            "CANVAS_LDAP_SERVER": self.plain,
            "CANVAS_LDAP_CA_FILE": str(self.ca),
            "CANVAS_LDAP_BIND_DN": MANAGER,
            "CANVAS_LDAP_BIND_PASSWORD": MANAGER_PASSWORD,
            "CANVAS_LDAP_USER_BASE": PEOPLE,
            "CANVAS_LDAP_GROUP_BASE": GROUPS,
            "CANVAS_LDAP_STAFF_GROUPS": "it",
            "CANVAS_LDAP_TIMEOUT_SECONDS": "2",
        }

    def start(self) -> Directory:
        """Returns once it answers; the first time with the two units in it."""
        is_new = not (self.here / "data" / "data.mdb").exists()
        addresses = f"{self.plain}/ {self.encrypted}/"
        command = [self._program, "-f", str(self.here / "slapd.conf"), "-h", addresses, "-d", "0"]
        self._process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        self._until_it_answers()
        if is_new:
            self.add(BASE, objectClass=["dcObject", "organization"], o="Example", dc="example")
            for unit in (PEOPLE, GROUPS):
                self.add(unit, objectClass="organizationalUnit", ou=unit[3:].split(",")[0])
        return self

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def person(self, uid: str, *groups: str, **attributes: Any) -> str:
        """Somebody new, in new groups if need be; their DN."""
        values = {"cn": f"{uid.title()} Test", "sn": "Test", "userPassword": PASSWORD}
        dn = f"uid={uid},{PEOPLE}"
        self.add(dn, **{"objectClass": "inetOrgPerson", "uid": uid, **values, **attributes})
        for group in groups:
            self.join(dn, group)
        return dn

    def join(self, dn: str, *groups: str) -> None:
        """Puts somebody into groups."""
        import ldap

        with self.connection() as connection:
            for group in groups:
                place = f"cn={group},{GROUPS}"
                try:
                    connection.modify_s(place, [(ldap.MOD_ADD, "member", dn.encode())])
                except ldap.NO_SUCH_OBJECT:
                    self._add(connection, place, objectClass="groupOfNames", member=dn)

    def leave(self, dn: str, group: str) -> None:
        """Takes somebody out of a group, which stays."""
        import ldap

        self.change(f"cn={group},{GROUPS}", ldap.MOD_ADD, "member", MANAGER)
        self.change(f"cn={group},{GROUPS}", ldap.MOD_DELETE, "member", dn)

    def change(self, dn: str, kind: int, attribute: str, value: str | None) -> None:
        """One attribute of an entry."""
        with self.connection() as connection:
            connection.modify_s(dn, [(kind, attribute, value.encode() if value else None)])

    def delete(self, dn: str) -> None:
        with self.connection() as connection:
            connection.delete_s(dn)

    def add(self, dn: str, **attributes: Any) -> None:
        """A new entry."""
        with self.connection() as connection:
            self._add(connection, dn, **attributes)

    @contextmanager
    def connection(self) -> Iterator[Any]:
        """As the manager."""
        import ldap

        made = ldap.initialize(self.plain)
        made.simple_bind_s(MANAGER, MANAGER_PASSWORD)
        try:
            yield made
        finally:
            made.unbind_s()

    def _add(self, connection: Any, dn: str, **attributes: str | Iterable[str]) -> None:
        rows = [
            (name, [one.encode() for one in ([value] if isinstance(value, str) else value)])
            for name, value in attributes.items()
        ]
        connection.add_s(dn, rows)

    def _until_it_answers(self) -> None:
        import ldap

        deadline = time.monotonic() + patient(20)
        while True:
            try:
                ldap.initialize(self.plain).simple_bind_s()
            except ldap.SERVER_DOWN:
                assert time.monotonic() < deadline, "slapd does not answer"
                time.sleep(0.02)
            else:
                return


def make_certificates(directory: Path) -> Path:
    """Those of a server at 127.0.0.1, and of who vouches for it, which is returned."""
    now = datetime.datetime.now(datetime.UTC)
    ca_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    ca_name, name = (
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)]) for text in ("Test CA", "Test")
    )

    def builder(subject: x509.Name, public: Any) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(ca_name)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=1))
        )

    ca = (
        builder(ca_name, ca_key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(ca_key, hashes.SHA256())
    )
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    server = (
        builder(name, key.public_key())
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    encoding = serialization.Encoding.PEM
    (directory / "ca.pem").write_bytes(ca.public_bytes(encoding))
    (directory / "server.pem").write_bytes(server.public_bytes(encoding))
    (directory / "server.key").write_bytes(
        key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return directory / "ca.pem"
