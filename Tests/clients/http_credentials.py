"""Situations in which credentials come over HTTP, as data: files, environment, and what the servers answer.

In texts, {url} is the address of the server, {closed} one where nothing listens, {home} the home folder.
"""

import hashlib
import json
import time
from dataclasses import dataclass, field

from credential_server import CUT, HANG
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

NOW = int(time.time())
KEY = ec.generate_private_key(ec.SECP256R1()).private_bytes(
    Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()
)


def date(seconds: int) -> str:
    """A date so many seconds from now."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(NOW + seconds))


@dataclass
class Situation:
    name: str
    # One of: keys, none, configuration, sign-in, refused, away, unreachable, crash (botocore's own exception, ours is a sentence).
    result: str
    config: str = ""
    environment: dict = field(default_factory=dict)
    answers: dict = field(default_factory=dict)
    # By path below HOME.
    files: dict = field(default_factory=dict)
    # What we say in place of what botocore says, and why.
    ours: str = ""
    because: str = ""
    # Whether both send the same requests, and whether the keys' end is chosen at random.
    same_requests: bool = True
    random_end: bool = False
    # Texts that our message must have.
    says: tuple = ()


# IAM Identity Center

PORTAL = "GET /federation/credentials"
OIDC = "POST /token"
SSO = {"AWS_ENDPOINT_URL_SSO": "{url}", "AWS_ENDPOINT_URL_SSO_OIDC": "{url}"}
SESSION = """
[default]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = Reader+Writer
[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
sso_region = us-east-2
"""
LEGACY = """
[default]
sso_start_url = https://old.awsapps.com/start
sso_region = eu-west-1
sso_account_id = 111122223333
sso_role_name = Reader
"""


def sso_file(key: str) -> str:
    return f".aws/sso/cache/{hashlib.sha1(key.encode()).hexdigest()}.json"


def sso_token(seconds: int, registration: int | None = 86_400, **more) -> str:
    renewal = {
        "refreshToken": "refresh-1",
        "clientId": "client-1",
        "clientSecret": "client-secret-1",
        "registrationExpiresAt": date(registration or 0),
    }
    token = {"accessToken": "token-1", "expiresAt": date(seconds)}
    return json.dumps(token | (renewal if registration is not None else {}) | more)


def role_keys(seconds: int = 3_600, **more) -> tuple:
    keys = {
        "accessKeyId": "ASIASSO",
        "secretAccessKey": "sso-secret",
        "sessionToken": "sso/session+token=",
        "expiration": (NOW + seconds) * 1000,
    }
    return (200, {"roleCredentials": keys | more})


NEW_TOKEN = (
    200,
    {
        "accessToken": "token-2",
        "tokenType": "Bearer",
        "expiresIn": 28_800,
        "refreshToken": "refresh-2",
    },
)
UNAUTHORIZED = (
    401,
    {"message": "Session token not found or invalid", "__type": "UnauthorizedException"},
    [("x-amzn-ErrorType", "UnauthorizedException")],
)
INVALID_GRANT = (
    400,
    {"error": "invalid_grant", "error_description": "Invalid grant provided"},
    [("x-amzn-ErrorType", "InvalidGrantException")],
)
FORBIDDEN = (
    403,
    {"message": "No access", "__type": "ForbiddenException"},
    [("x-amzn-ErrorType", "ForbiddenException")],
)


def sso(name, result, token=None, *, config=SESSION, key="corp", environment=None, **more) -> Situation:
    """A sign-in with IAM Identity Center; the portal gives keys unless told otherwise."""
    more["answers"] = {PORTAL: [role_keys()], OIDC: [NEW_TOKEN]} | more.get("answers", {})
    files = {sso_file(key): token} if token is not None else {}
    return Situation(
        f"sso: {name}", result, config, SSO | (environment or {}), files=files, **more
    )


SSO_SITUATIONS = [
    sso("a session", "keys", sso_token(7_200)),
    sso("a session without renewal", "keys", sso_token(60, None)),
    sso("a session that ends soon", "keys", sso_token(600)),
    sso("a session that has ended and is renewed", "keys", sso_token(-86_400)),
    sso("renewal keeps what the file has", "keys", sso_token(-60, extra={"a": [1]})),
    sso("renewal is refused, the token still valid", "keys", sso_token(600), answers={OIDC: [INVALID_GRANT]}),
    sso("renewal is refused, the token has ended", "sign-in", sso_token(-60), answers={OIDC: [INVALID_GRANT]},
        says=("couldn't be renewed", "default")),
    sso("renewal is unavailable, then works", "keys", sso_token(-60), answers={OIDC: [(500, {}), NEW_TOKEN]}),
    sso("renewal is unavailable", "sign-in", sso_token(-60), answers={OIDC: [(500, {})]}, ours="away",
        because="an outage isn't mended by signing in"),
    sso("renewal can't be reached", "unreachable", sso_token(-60),
        environment={"AWS_ENDPOINT_URL_SSO_OIDC": "{closed}"}),
    sso("renewal can't be reached, the token still valid", "unreachable", sso_token(600),
        environment={"AWS_ENDPOINT_URL_SSO_OIDC": "{closed}"}, ours="keys", same_requests=False,
        because="a token serves until it ends"),
    sso("the registration has ended, the token has not", "keys", sso_token(600, -60)),
    sso("the registration has ended, the token too", "sign-in", sso_token(-60, -60)),
    sso("no token", "sign-in"),
    sso("a file that isn't JSON", "crash", "{", ours="sign-in", because="botocore's KeyError"),
    sso("a token without its end", "sign-in", '{"accessToken": "x"}'),
    sso("no new refresh token", "keys", sso_token(-60), answers={OIDC: [(200, {"accessToken": "token-3", "expiresIn": 900})]}),
    sso("a renewal without a token", "crash", sso_token(-60), answers={OIDC: [(200, {})]}, ours="sign-in",
        because="botocore's KeyError"),
    sso("the older form", "keys", sso_token(60), config=LEGACY, key="https://old.awsapps.com/start"),
    sso("the older form renews nothing", "sign-in", sso_token(-60), config=LEGACY, key="https://old.awsapps.com/start"),
    sso("the older form without a token", "sign-in", config=LEGACY),
    sso("the portal refuses the token", "sign-in", sso_token(7_200), answers={PORTAL: [UNAUTHORIZED]},
        says=("was refused",)),
    sso("the portal refuses the role", "refused", sso_token(7_200), answers={PORTAL: [FORBIDDEN]},
        says=("Reader+Writer", "111122223333", "ForbiddenException")),
    sso("the portal is busy, then not", "keys", sso_token(7_200), answers={PORTAL: [(429, {}), role_keys()]}),
    sso("the portal is unavailable", "away", sso_token(7_200), answers={PORTAL: [(503, {})]}),
    sso("the portal can't be reached", "unreachable", sso_token(7_200), environment={"AWS_ENDPOINT_URL_SSO": "{closed}"},
        says=("IAM Identity Center",)),
    sso("the portal cuts the connection, then not", "keys", sso_token(7_200), answers={PORTAL: [CUT, role_keys()]}),
    sso("the portal gives no keys", "crash", sso_token(7_200), answers={PORTAL: [(200, {})]}, ours="refused",
        because="botocore's KeyError"),
    sso("the portal redirects", "refused", sso_token(7_200), answers={PORTAL: [(302, {}, [("Location", "/elsewhere")])]},
        ours="unreachable", because="It isn't AWS that answers; a network's sign-in page is commoner than a refusal without words."),
    sso("an endpoint for everything", "keys", sso_token(-60),
        environment={"AWS_ENDPOINT_URL_SSO": "", "AWS_ENDPOINT_URL_SSO_OIDC": "", "AWS_ENDPOINT_URL": "{url}"}),
    sso("endpoints of a services section", "keys", sso_token(-60),
        environment={"AWS_ENDPOINT_URL_SSO": "", "AWS_ENDPOINT_URL_SSO_OIDC": ""},
        config=SESSION.replace("[default]", "[default]\nservices = here")
        + "[services here]\nsso =\n  endpoint_url = {url}\nsso_oidc =\n  endpoint_url = {url}/below\n",
        answers={"POST /below/token": [NEW_TOKEN]}),
    sso("no role", "configuration", config=SESSION.replace("sso_role_name", "x"), says=("sso_role_name",)),
    sso("no start URL and no Region", "configuration", config="[default]\nsso_account_id = 1\nsso_role_name = R\n",
        says=("sso_start_url, sso_region",)),
    sso("a session that isn't there", "configuration", config=SESSION.replace("[sso-session corp]", "[sso-session other]"),
        says=("corp",)),
    sso("a session with another Region than the profile", "configuration",
        config=SESSION.replace("sso_session =", "sso_region = us-east-1\nsso_session ="), says=("sso_region",)),
    sso("a session with the profile's Region", "keys", sso_token(7_200),
        config=SESSION.replace("sso_session =", "sso_region = us-east-2\nsso_session =")),
    sso("a session for tokens alone", "none", sso_token(7_200),
        config="[default]\nsso_session = corp\n[sso-session corp]\nsso_region = us-east-2\nsso_start_url = https://corp\n"),
]

# aws login

LOGIN_SESSION = "arn:aws:iam::111122223333:user/ann"
LOGIN_FILE = f".aws/login/cache/{hashlib.sha256(LOGIN_SESSION.encode()).hexdigest()}.json"
SIGN_IN = "POST /v1/token"
DENIED = [("x-amzn-ErrorType", "AccessDeniedException")]


def login_token(seconds: int, **more) -> str:
    token = {
        "accessToken": {
            "accessKeyId": "ASIALOGIN",
            "secretAccessKey": "login-secret",
            "sessionToken": "login-token",
            "accountId": "111122223333",
            "expiresAt": date(seconds),
        },
        "tokenType": "aws_sigv4",
        "refreshToken": "refresh-1",
        "idToken": "id-token-1",
        "clientId": "arn:aws:signin:::devtools/same-device",
        "dpopKey": KEY.decode(),
        "signInRegion": "eu-west-1",
    }
    return json.dumps({name: value for name, value in (token | more).items() if value is not None})


NEW_LOGIN = (
    200,
    {
        "accessToken": {
            "accessKeyId": "ASIALOGIN2",
            "secretAccessKey": "login-secret-2",
            "sessionToken": "login-token-2",
        },
        "tokenType": "aws_sigv4",
        "expiresIn": 900,
        "refreshToken": "refresh-2",
    },
)


def login(name, result, token=None, *, environment=None, **more) -> Situation:
    more["answers"] = {SIGN_IN: [NEW_LOGIN]} | more.get("answers", {})
    files = more.pop("files", {LOGIN_FILE: token} if token is not None else {})
    return Situation(
        f"login: {name}",
        result,
        f"[default]\nlogin_session = {LOGIN_SESSION}\n",
        {"AWS_ENDPOINT_URL_SIGNIN": "{url}"} | (environment or {}),
        files=files,
        **more,
    )


LOGIN_SITUATIONS = [
    login("fresh keys", "keys", login_token(890)),
    login("keys that end in less than 15 minutes but not in 5", "keys", login_token(400)),
    login("keys that end", "keys", login_token(200)),
    login("keys that have ended", "keys", login_token(-86_400)),
    login("a folder of the user's own", "keys", environment={"AWS_LOGIN_CACHE_DIRECTORY": "{home}/logins"},
          files={LOGIN_FILE.replace(".aws/login/cache", "logins"): login_token(-60)}),
    login("no file", "sign-in"),
    login("a file without the key", "sign-in", login_token(-60, dpopKey=None), says=("dpopKey",)),
    login("a file without the refresh token", "sign-in", login_token(-60, refreshToken=None)),
    login("a key that is none", "sign-in", login_token(-60, dpopKey="-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----")),
    login("the session has ended", "sign-in", login_token(-60),
          answers={SIGN_IN: [(401, {"error": "TOKEN_EXPIRED", "message": "x"}, DENIED)]}, says=("has ended",)),
    login("the password has changed", "sign-in", login_token(-60),
          answers={SIGN_IN: [(401, {"error": "USER_CREDENTIALS_CHANGED", "message": "x"}, DENIED)]}, says=("password",)),
    login("no permission", "refused", login_token(-60),
          answers={SIGN_IN: [(403, {"error": "INSUFFICIENT_PERMISSIONS", "message": "x"}, DENIED)]},
          says=("signin:CreateOAuth2Token",)),
    login("sign-in is unavailable, then not", "keys", login_token(-60), answers={SIGN_IN: [(503, {}), NEW_LOGIN]}),
    login("sign-in is unavailable", "away", login_token(-60), answers={SIGN_IN: [(503, {})]}),
    login("sign-in can't be reached", "unreachable", login_token(-60), environment={"AWS_ENDPOINT_URL_SIGNIN": "{closed}"}),
    login("no Region anywhere", "configuration", login_token(-60, signInRegion=None),
          environment={"AWS_ENDPOINT_URL_SIGNIN": "", "AWS_REGION": "", "AWS_DEFAULT_REGION": ""}),
]

# A container's endpoint

FULL = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
TOKEN = "AWS_CONTAINER_AUTHORIZATION_TOKEN"
TOKEN_FILE = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"
CONTAINER = "GET /v1/credentials"


def local_keys(seconds: int = 21_600, **more) -> tuple:
    keys = {
        "AccessKeyId": "ASIALOCAL",
        "SecretAccessKey": "local-secret",
        "Token": "local-token",
        "Expiration": date(seconds),
    } | more
    return (200, {name: value for name, value in keys.items() if value is not None})


def container(name, result, environment=None, answers=(), **more) -> Situation:
    return Situation(
        f"container: {name}",
        result,
        environment={FULL: "{url}/v1/credentials"} | (environment or {}),
        answers={CONTAINER: list(answers) or [local_keys()]},
        **more,
    )


CONTAINER_SITUATIONS = [
    container("an address", "keys"),
    container("an address with a query", "keys", {FULL: "{url}/v1/credentials?a=b&c=d%20e"}),
    container("a token", "keys", {TOKEN: "Basic c2VzYW1l"}),
    container("a token in a file", "keys", {TOKEN_FILE: "{home}/token", TOKEN: "other"}, files={"token": "eks-token"}),
    container("a token file with a line break", "configuration", {TOKEN_FILE: "{home}/token"}, files={"token": "eks-token\n"},
              says=("line break",)),
    container("a token with a header in it", "configuration", {TOKEN: "a\r\nX-Evil: 1"}),
    container("no token file", "configuration", {TOKEN_FILE: "{home}/nowhere"}),
    container("a host that keys may not come from", "configuration", {FULL: "http://192.0.2.1/"}, says=("192.0.2.1",)),
    container("a host that looks like loopback", "configuration", {FULL: "http://127.0.0.1.example.com/"}),
    container("unavailable, then not", "keys", answers=[(500, {}), local_keys()]),
    container("no JSON, then keys", "keys", answers=[(200, b"<html>"), local_keys()]),
    container("the connection is cut, then keys", "keys", answers=[CUT, local_keys()]),
    container("it refuses", "refused", answers=[(403, {"code": "AccessDenied", "message": "no"})], says=("403",)),
    container("it never has JSON", "refused", answers=[(200, b"<html>")]),
    container("it can't be reached", "unreachable", {FULL: "{closed}/"}),
    container("it doesn't answer", "unreachable", answers=[HANG]),
    container("it redirects", "refused", answers=[(302, {}, [("Location", "/elsewhere")])]),
    container("it sends 20 MB", "refused", answers=[(200, b"x" * 20_000_000)], same_requests=False),
    container("keys without an end", "crash", answers=[local_keys(Expiration=None)], ours="refused",
              because="botocore's KeyError"),
    container("keys without a token", "crash", answers=[local_keys(Token=None)], ours="refused", because="botocore's KeyError"),
    container("it goes before IMDS", "keys",
              {"AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": "{url}"}),
]

# The instance metadata service

IMDS_TOKEN = "PUT /latest/api/token"
ROLES = "GET /latest/meta-data/iam/security-credentials/"
ROLE = f"{ROLES}web-role"


def imds(name, result, environment=None, answers=None, **more) -> Situation:
    replies = {IMDS_TOKEN: [(200, b"imds-token==")], ROLES: [(200, b"web-role")], ROLE: [local_keys()]}
    return Situation(
        f"imds: {name}",
        result,
        environment={"AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": "{url}"}
        | (environment or {}),
        answers=replies | (answers or {}),
        **more,
    )


NO_KEYS = {"because": "a role without keys is a mistake to name"}
IMDS_SITUATIONS = [
    imds("version 2", "keys"),
    imds("an address with a slash and a path", "keys", {"AWS_EC2_METADATA_SERVICE_ENDPOINT": "{url}/"}),
    imds("disabled", "none", {"AWS_EC2_METADATA_DISABLED": "TRUE"}),
    imds("an address from the profile", "keys", {"AWS_EC2_METADATA_SERVICE_ENDPOINT": ""},
         config="[default]\nec2_metadata_service_endpoint = {url}\n"),
    imds("version 1, no tokens", "keys", answers={IMDS_TOKEN: [(404, {})]}),
    imds("version 1, tokens forbidden", "keys", answers={IMDS_TOKEN: [(403, {})]}),
    imds("version 1, the token doesn't get through", "keys", answers={IMDS_TOKEN: [HANG]}),
    imds("version 1, tokens fail", "keys", answers={IMDS_TOKEN: [(500, {})]}),
    imds("version 1 is disabled", "refused", {"AWS_EC2_METADATA_V1_DISABLED": "true"}, answers={IMDS_TOKEN: [(404, {})]},
         says=("ec2_metadata_v1_disabled",)),
    imds("version 1 is disabled in the profile", "refused", answers={IMDS_TOKEN: [(405, {})]},
         config="[default]\nec2_metadata_v1_disabled = true\n"),
    imds("the request for a token is refused", "none", answers={IMDS_TOKEN: [(400, {})]}),
    imds("no role", "none", answers={ROLES: [(404, b"not found")]}),
    imds("an empty role", "none", answers={ROLES: [(200, b"")]}),
    imds("two attempts", "keys", {"AWS_METADATA_SERVICE_NUM_ATTEMPTS": "2"},
         answers={ROLES: [(500, {}), (200, b"web-role")], ROLE: [(200, b"<html>"), local_keys()]}),
    imds("attempts of the profile", "keys", config="[default]\nmetadata_service_num_attempts = 2\n",
         answers={ROLES: [(500, {}), (200, b"web-role")]}),
    imds("one attempt", "none", answers={ROLES: [(500, {}), (200, b"web-role")]}),
    imds("a role without keys", "none", answers={ROLE: [(500, {})]}, ours="refused", **NO_KEYS),
    imds("an error in place of keys", "none", ours="refused", **NO_KEYS,
         answers={ROLE: [(200, {"Code": "AssumeRoleUnauthorizedAccess", "Message": "no"})]},
         says=("web-role", "AssumeRoleUnauthorizedAccess")),
    imds("keys that have ended, in an outage", "keys", answers={ROLE: [local_keys(-3_600)]}, random_end=True),
    imds("keys that end soon", "keys", answers={ROLE: [local_keys(600)]}, random_end=True),
    imds("it redirects", "none", answers={ROLES: [(302, {}, [("Location", "/elsewhere")])]}),
    imds("nothing listens", "none", {"AWS_EC2_METADATA_SERVICE_ENDPOINT": "{closed}"}),
    imds("a mode that is none", "configuration", {"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "ipv5"}),
    imds("an address that is none", "configuration", {"AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://"}),
]

SITUATIONS = SSO_SITUATIONS + LOGIN_SITUATIONS + CONTAINER_SITUATIONS + IMDS_SITUATIONS
