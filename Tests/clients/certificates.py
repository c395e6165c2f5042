"""A certificate authority of a test's own, and certificates with every fault that TLS clients must see."""

from datetime import datetime, timedelta, timezone
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOSTS = ("localhost", "aws.test", "127.0.0.1")
DAY = timedelta(days=1)


def _name(common_name):
    parts = [(NameOID.ORGANIZATION_NAME, "Bedquota Tests"), (NameOID.COMMON_NAME, common_name)]
    return x509.Name([x509.NameAttribute(kind, value) for kind, value in parts])


class Certificate:
    """A certificate with its key, signed by `issuer` or by itself."""

    def __init__(self, name, issuer=None, hosts=(), is_authority=False, days=(-1, 30)):
        self.key = ec.generate_private_key(ec.SECP256R1())
        now = datetime.now(timezone.utc)
        signer = issuer or self
        builder = (
            x509.CertificateBuilder()
            .subject_name(_name(name))
            .issuer_name(_name(name) if issuer is None else issuer.certificate.subject)
            .public_key(self.key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + days[0] * DAY)
            .not_valid_after(now + days[1] * DAY)
            .add_extension(x509.BasicConstraints(is_authority, None), critical=True)
        )
        if hosts:
            names = [
                x509.IPAddress(ip_address(host)) if host[0].isdigit() else x509.DNSName(host)
                for host in hosts
            ]
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        self.certificate = builder.sign(signer.key, hashes.SHA256())

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def key_pem(self) -> bytes:
        return self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )


class Authority:
    """A root, an authority under it, and the files of servers whose certificates they sign."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.root = Certificate("Test Root", is_authority=True)
        self.middle = Certificate("Test Intermediate", self.root, is_authority=True)
        self.bundle = self.file("root.pem", self.root.pem)

    def file(self, name: str, *parts: bytes) -> Path:
        path = self.folder / name
        path.write_bytes(b"".join(parts))
        return path

    def server(self, kind: str) -> tuple[Path, Path]:
        """The chain and the key of a server whose certificate is good or has the fault that `kind` names."""
        hosts, days, issuer, chain = HOSTS, (-1, 30), self.middle, [self.middle]
        match kind:
            case "expired":
                days = (-30, -2)
            case "early":
                days = (2, 30)
            case "other-host":
                hosts = ("other.test", "more.test")
            case "self-signed":
                issuer, chain = None, []
            case "lacks-intermediate":
                chain = []
            case "sends-root":
                chain = [self.middle, self.root]
        leaf = Certificate(f"Server {kind}", issuer, hosts, days=days)
        pems = [leaf.pem, *(other.pem for other in chain)]
        return self.file(f"{kind}.pem", *pems), self.file(f"{kind}.key", leaf.key_pem)
