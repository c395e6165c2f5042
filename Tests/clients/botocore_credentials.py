"""Prints as JSON the credentials that botocore finds in this environment, or the error with which it ends.

It has the form of what `credential-tool` prints. Run as a process of its own, because botocore reads HOME when it is imported.
"""

import base64
import json

import botocore.credentials
import botocore.utils
from botocore.exceptions import ClientError
from botocore.session import Session
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.serialization import load_der_private_key

# Names of errors by what the user must do. The first that an error is an instance of counts.
KINDS = {
    "refused": ["LoginInsufficientPermissions"],
    "sign-in": ["SSOError", "LoginError", "TokenRetrievalError"],
    "configuration": [
        "InvalidConfigError",
        "InvalidIMDSEndpointError",
        "InvalidIMDSEndpointModeError",
        "NoRegionError",
        "ValueError",
        "FileNotFoundError",
    ],
    "unreachable": ["ConnectionError", "HTTPClientError"],
    "refused-or-unreachable": ["CredentialRetrievalError", "MetadataRetrievalError"],
}
NO_CONNECTION = ("Could not connect", "Connect timeout", "Read timeout", "Connection was closed")


class Key:
    """What botocore needs of the key class of awscrt, which isn't installed here: with it, botocore would sign requests otherwise."""

    def __init__(self, der: bytes):
        self.key = load_der_private_key(der, None)

    new_key_from_der_data = classmethod(lambda cls, der: cls(der))

    def get_public_coords(self) -> tuple[bytes, bytes]:
        numbers = self.key.public_key().public_numbers()
        return numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")

    def sign(self, digest: bytes) -> bytes:
        return self.key.sign(digest, ec.ECDSA(utils.Prehashed(hashes.SHA256())))

    @staticmethod
    def decode_der_signature_to_padded_pair(signature: bytes, pad_to: int) -> bytes:
        r, s = utils.decode_dss_signature(signature)
        return r.to_bytes(pad_to, "big") + s.to_bytes(pad_to, "big")


def kind_of(error: Exception) -> str:
    """One word for what went wrong; `crash` for errors that botocore doesn't mean to raise."""
    if isinstance(error, ClientError):
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        return "away" if status >= 500 or status == 429 else "refused"
    names = {kind.__name__ for kind in type(error).__mro__}
    kind = next((kind for kind, errors in KINDS.items() if names & set(errors)), "crash")
    if kind == "refused-or-unreachable":
        unreachable = any(text in str(error) for text in NO_CONNECTION)
        return "unreachable" if unreachable else "refused"
    # Base64 and JSON errors are ValueErrors too, and json.JSONDecodeError is no setting of the user's.
    return "crash" if isinstance(error, (json.JSONDecodeError, base64.binascii.Error)) else kind


def main():
    botocore.credentials.EC = Key
    # Nobody needs to wait for a server that is part of the play.
    botocore.utils.ContainerMetadataFetcher.SLEEP_TIME = 0
    try:
        found = Session().get_credentials()
        if found is None:
            print(json.dumps({"kind": "none"}))
            return
        frozen = found.get_frozen_credentials()
        end = getattr(found, "_expiry_time", None)
        print(
            json.dumps(
                {
                    "accessKey": frozen.access_key,
                    "secretKey": frozen.secret_key,
                    "token": frozen.token,
                    "expiration": int(end.timestamp()) if end else None,
                }
            )
        )
    except Exception as error:  # noqa: BLE001: every error is an answer here
        print(json.dumps({"kind": kind_of(error), "message": f"{type(error).__name__}: {error}"}))


if __name__ == "__main__":
    main()
