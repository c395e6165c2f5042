"""Situations of profiles, files and variables in which botocore and bedquota must find the same credentials, as data.

In files and variables, `{sts}` is the URL of STS, `{home}` the user's home and `{python}` an interpreter.
"""

from dataclasses import dataclass, field

ROLE = "arn:aws:iam::123456789012:role/"


@dataclass(frozen=True)
class Situation:
    name: str
    # ~/.aws/config and ~/.aws/credentials; None: there is no such file.
    config: str | None = None
    credentials: str | None = None
    # None takes a variable away.
    environment: dict = field(default_factory=dict)
    # --profile and --region.
    profile: str | None = None
    region: str | None = None
    # More files of the home, by path.
    files: dict = field(default_factory=dict)
    # The last four characters of the access key that must be found (`role` for a key that STS made), or the kind of error.
    finds: str | None = None
    error: str | None = None
    # Why bedquota answers otherwise than botocore; it must end with `finds` or `error` nevertheless.
    differs: str | None = None


def keys(name, secret="sec/ret+", token=None):
    """The settings of an access key that ends with `name`."""
    text = f"aws_access_key_id = AKIDEXAMPLE0{name}\naws_secret_access_key = {secret}{name}\n"
    return text + (f"aws_session_token = {token}\n" if token else "")


def variables(name, token=None):
    found = {"AWS_ACCESS_KEY_ID": f"AKIDEXAMPLE0{name}", "AWS_SECRET_ACCESS_KEY": f"secret{name}"}
    return found | ({"AWS_SESSION_TOKEN": token} if token else {})


def process(name, *, more="", version="1"):
    """A setting whose command prints keys."""
    text = f'{{"Version": {version}, "AccessKeyId": "AKIDEXAMPLE0{name}", "SecretAccessKey": "s{name}"{more}}}'
    return "credential_process = {python} -c \"print('" + _escaped(text) + "')\"\n"


def _escaped(json):
    # Once for the template, once for the quotation marks of the command.
    return json.replace("{", "{{").replace("}", "}}").replace('"', '\\"')


def role(name, **settings):
    lines = [f"role_arn = {ROLE}{name}"] + [f"{key} = {value}" for key, value in settings.items()]
    return "\n".join(lines) + "\n"


FUTURE = "2035-01-01T00:00:00Z"

ENVIRONMENT = [
    Situation("variables", environment=variables("VARS"), finds="VARS"),
    Situation("variables with a token", environment=variables("VTOK", token="tok+en/="), finds="VTOK"),
    Situation(
        "the older name of the token",
        environment=variables("VOLD") | {"AWS_SECURITY_TOKEN": "older", "AWS_SESSION_TOKEN": "newer"},
        finds="VOLD",
    ),
    Situation("variables before files", credentials="[default]\n" + keys("FILE"), environment=variables("VARS"), finds="VARS"),
    Situation(
        "variables before AWS_PROFILE",
        credentials="[a]\n" + keys("AAAA"),
        environment=variables("VARS") | {"AWS_PROFILE": "a"},
        finds="VARS",
    ),
    Situation(
        "a named profile before variables",
        credentials="[a]\n" + keys("AAAA"),
        environment=variables("VARS"),
        profile="a",
        finds="AAAA",
    ),
    Situation(
        "a named profile without keys, and variables",
        config="[profile a]\nregion = eu-west-1\n",
        environment=variables("VARS"),
        profile="a",
        error="none",
    ),
    Situation("half of the variables", environment={"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE0HALF"}, error="partial"),
    Situation("the other half", environment={"AWS_SECRET_ACCESS_KEY": "secret"}, error="none"),
    Situation(
        "the other half, and a file",
        credentials="[default]\n" + keys("FILE"),
        environment={"AWS_SECRET_ACCESS_KEY": "secret"},
        finds="FILE",
    ),
    Situation(
        "empty variables", credentials="[default]\n" + keys("FILE"), environment={"AWS_ACCESS_KEY_ID": ""}, finds="FILE"
    ),
    Situation(
        "variables that end later", environment=variables("VEXP") | {"AWS_CREDENTIAL_EXPIRATION": FUTURE}, finds="VEXP"
    ),
    Situation(
        "variables that have ended",
        environment=variables("VEXP") | {"AWS_CREDENTIAL_EXPIRATION": "2020-01-01T00:00:00Z"},
        error="expired",
    ),
    Situation(
        "an end that is no time", environment=variables("VEXP") | {"AWS_CREDENTIAL_EXPIRATION": "soon"}, error="time"
    ),
]

FILES = [
    Situation("nothing at all", error="none"),
    Situation("empty files", config="", credentials="", error="none"),
    Situation("the credentials file", credentials="[default]\n" + keys("CRED"), finds="CRED"),
    Situation("the config file", config="[default]\n" + keys("CONF"), finds="CONF"),
    Situation("[profile default]", config="[profile default]\n" + keys("PDEF"), finds="PDEF"),
    Situation(
        "[profile default] after [default]",
        config="[default]\n" + keys("DEFA") + "[profile default]\n" + keys("PDEF"),
        finds="PDEF",
    ),
    Situation(
        "[default] after [profile default]",
        config="[profile default]\n" + keys("PDEF") + "[default]\n" + keys("DEFA"),
        finds="DEFA",
    ),
    Situation(
        "credentials before config", config="[default]\n" + keys("CONF"), credentials="[default]\n" + keys("CRED"), finds="CRED"
    ),
    Situation("a token", credentials="[default]\n" + keys("FTOK", token="a=b/c+d=="), finds="FTOK"),
    Situation(
        "the older token", credentials="[default]\n" + keys("FOLD", token="new") + "aws_security_token = old\n", finds="FOLD"
    ),
    Situation("a key without a secret", credentials="[default]\naws_access_key_id = AKIDEXAMPLE0HALF\n", error="partial"),
    Situation(
        "a secret without a key", credentials="[default]\naws_secret_access_key = s\n", config="[default]\n" + keys("CONF"), finds="CONF"
    ),
    Situation(
        "half in each file",
        credentials="[default]\naws_access_key_id = AKIDEXAMPLE0HALF\n",
        config="[default]\naws_secret_access_key = s\n",
        error="partial",
    ),
    Situation("names in capitals", credentials="[default]\n" + keys("CAPS").upper().replace("SEC/RET+", "s"), finds="CAPS"),
    Situation("a profile by variable", config="[profile a]\n" + keys("AAAA"), environment={"AWS_PROFILE": "a"}, finds="AAAA"),
    Situation("AWS_DEFAULT_PROFILE", config="[profile a]\n" + keys("AAAA"), environment={"AWS_DEFAULT_PROFILE": "a"}, finds="AAAA"),
    Situation("a profile by option", config="[profile a]\n" + keys("AAAA"), profile="a", finds="AAAA"),
    Situation(
        "the option before the variable",
        config="[profile a]\n" + keys("AAAA") + "[profile b]\n" + keys("BBBB"),
        environment={"AWS_PROFILE": "b"},
        profile="a",
        finds="AAAA",
    ),
    Situation("a profile in the credentials file alone", credentials="[a]\n" + keys("AAAA"), profile="a", finds="AAAA"),
    Situation("[a] in the config file", config="[a]\n" + keys("AAAA"), profile="a", error="profile"),
    Situation("[profile a] in the credentials file", credentials="[profile a]\n" + keys("AAAA"), profile="a", error="profile"),
    Situation(
        "[profile a] in the credentials file, by that name",
        credentials="[profile a]\n" + keys("AAAA"),
        profile="profile a",
        finds="AAAA",
    ),
    Situation("a profile that isn't there", config="[profile a]\n" + keys("AAAA"), profile="b", error="profile"),
    Situation("a variable for a profile that isn't there", environment={"AWS_PROFILE": "b"}, error="profile"),
    Situation(
        "a profile that isn't there, and keys", environment=variables("VARS") | {"AWS_PROFILE": "b"}, error="profile"
    ),
    Situation("default by name, without one", profile="default", error="profile"),
    Situation("quotes", config='[profile "my team"]\n' + keys("TEAM"), profile="my team", finds="TEAM"),
    Situation("single quotes", config="[profile 'my team']\n" + keys("TEAM"), profile="my team", finds="TEAM"),
    Situation("a backslash", config="[profile my\\ team]\n" + keys("TEAM"), profile="my team", finds="TEAM"),
    Situation("blanks without quotes", config="[profile my team]\n" + keys("TEAM"), profile="my team", error="profile"),
    Situation("many blanks", config="[profile    a]\n" + keys("AAAA"), profile="a", finds="AAAA"),
    Situation("quotes in the credentials file", credentials='["a"]\n' + keys("AAAA"), profile="a", error="profile"),
    Situation("quotes around one word", config='[profile "a"]\n' + keys("AAAA"), profile="a", finds="AAAA"),
    Situation("a quote that isn't closed", config='[profile "a]\n' + keys("AAAA"), profile="a", error="profile"),
    Situation(
        "the same profile, spelled twice",
        config="[profile a]\n" + keys("AAA1") + '[profile "a"]\n' + keys("AAA2"),
        profile="a",
        finds="AAA2",
    ),
    Situation("a profile that isn't ASCII", config="[profile dév]\n" + keys("DEEV"), profile="dév", finds="DEEV"),
    Situation("indented settings", config="[default]\n  " + keys("INDE").replace("\n", "\n  ") + "\n", finds="INDE"),
    Situation("an indented section", config="  [default]\n  " + keys("INDS").replace("\n", "\n  ") + "\n", finds="INDS"),
    Situation("colons", credentials="[default]\n" + keys("COLO").replace(" = ", ": "), finds="COLO"),
    Situation("carriage returns", credentials=("[default]\n" + keys("CRLF")).replace("\n", "\r\n"), finds="CRLF"),
    Situation("comments", credentials="# one\n[default] # two\n; three\n" + keys("COMM") + "  # four\n", finds="COMM"),
    Situation("a comment behind a token is a part of it", credentials="[default]\n" + keys("TAIL", token="tok # en"), finds="TAIL"),
    Situation("[DEFAULT]", config="[DEFAULT]\n" + keys("DFLT") + "[profile a]\noutput = json\n", profile="a", finds="DFLT"),
    Situation("files by variable", environment={"AWS_SHARED_CREDENTIALS_FILE": "{home}/elsewhere"}, files={"elsewhere": "[default]\n" + keys("ELSE")}, finds="ELSE"),
    Situation("a file under ~", environment={"AWS_CONFIG_FILE": "~/elsewhere"}, files={"elsewhere": "[default]\n" + keys("TILD")}, finds="TILD"),
    Situation("a file under $HOME", environment={"AWS_CONFIG_FILE": "$HOME/elsewhere"}, files={"elsewhere": "[default]\n" + keys("HOME")}, finds="HOME"),
    Situation("a file that isn't there", environment={"AWS_CONFIG_FILE": "{home}/nowhere"}, error="none"),
]  # fmt: skip

BROKEN = [
    Situation("a setting without a value", config="[default]\nregion\n", error="parse"),
    Situation("no section", config=keys("NONE"), error="parse"),
    Situation("an open bracket", config="[default\n" + keys("OPEN"), error="parse"),
    Situation("a section twice", credentials="[default]\n" + keys("ONE1") + "[default]\n" + keys("TWO2"), error="parse"),
    Situation("a setting twice", credentials="[default]\n" + keys("ONE1") + keys("TWO2"), error="parse"),
    Situation("a byte order mark", config="\ufeff[default]\n" + keys("BOMB"), error="parse"),
    Situation("nested settings without a value", config="[default]\ns3 =\n  nothing\n", error="parse"),
    Situation("a broken file, and keys", config="[default\n", environment=variables("VARS"), error="parse"),
    Situation(
        "two sections on a line",
        config="[profile a] [profile b]\n" + keys("GLUE"),
        credentials="[a]\n" + keys("AAAA"),
        profile="a",
        error="parse",
        differs="botocore takes both for one name that no profile can have",
    ),
]

ROLES = [
    Situation(
        "a role",
        config="[profile a]\n" + role("one", source_profile="base") + "[profile base]\n" + keys("BASE"),
        profile="a",
        finds="role",
    ),
    Situation("a role of the default profile", config="[default]\n" + role("one", source_profile="base") + "[profile base]\n" + keys("BASE"), finds="role"),
    Situation("a source in the credentials file", config="[profile a]\n" + role("one", source_profile="base"), credentials="[base]\n" + keys("BASE"), profile="a", finds="role"),
    Situation("a role in the credentials file", credentials="[a]\n" + role("one", source_profile="base") + "[base]\n" + keys("BASE"), profile="a", finds="role"),
    Situation("a source with a token", config="[profile a]\n" + role("one", source_profile="base") + "[profile base]\n" + keys("BTOK", token="to/ken"), profile="a", finds="role"),
    Situation("its own source", config="[profile a]\n" + role("one", source_profile="a") + keys("SELF"), profile="a", finds="role"),
    Situation("its own source in the other file", config="[profile a]\n" + role("one", source_profile="a"), credentials="[a]\n" + keys("SELF"), profile="a", finds="role"),
    Situation("its own source without keys", config="[profile a]\n" + role("one", source_profile="a"), profile="a", error="loop"),
    Situation("all settings", config="[profile a]\n" + role("one", source_profile="base", role_session_name="my.session", external_id="ex:ter/nal", duration_seconds="1800") + "[profile base]\n" + keys("BASE"), profile="a", finds="role"),
    Situation("a duration that is no number", config="[profile a]\n" + role("one", source_profile="base", duration_seconds="long") + "[profile base]\n" + keys("BASE"), profile="a", finds="role"),
    Situation("an empty session name", config="[profile a]\n" + role("one", source_profile="base", role_session_name="") + "[profile base]\n" + keys("BASE"), profile="a", finds="role"),
    Situation("two roles", config="[profile a]\n" + role("outer", source_profile="b") + "[profile b]\n" + role("inner", source_profile="base") + "[profile base]\n" + keys("BASE"), profile="a", finds="role"),
    Situation("three roles", config="[profile a]\n" + role("one", source_profile="b") + "[profile b]\n" + role("two", source_profile="c", role_session_name="two") + "[profile c]\n" + role("three", source_profile="base") + "[profile base]\n" + keys("BASE"), profile="a", finds="role"),
    Situation("a source with keys and a role", config="[profile a]\n" + role("one", source_profile="b") + "[profile b]\n" + role("two", source_profile="base") + keys("KEYB") + "[profile base]\n" + keys("BASE"), profile="a", finds="role"),
    Situation("a circle", config="[profile a]\n" + role("one", source_profile="b") + "[profile b]\n" + role("two", source_profile="a"), profile="a", error="loop"),
    Situation("a circle of three", config="[profile a]\n" + role("one", source_profile="b") + "[profile b]\n" + role("two", source_profile="c") + "[profile c]\n" + role("three", source_profile="b"), profile="a", error="loop"),
    Situation("a circle that ends with keys", config="[profile a]\n" + role("one", source_profile="b") + keys("KEYA") + "[profile b]\n" + role("two", source_profile="a"), profile="a", error="loop"),
    Situation("a source that isn't there", config="[profile a]\n" + role("one", source_profile="b"), profile="a", error="config"),
    Situation("a source without keys", config="[profile a]\n" + role("one", source_profile="b") + "[profile b]\nregion = eu-west-1\n", profile="a", error="config"),
    Situation("a source with half a key", config="[profile a]\n" + role("one", source_profile="b") + "[profile b]\naws_access_key_id = x\n", profile="a", error="partial"),
    Situation("no source", config="[profile a]\n" + role("one"), profile="a", error="partial"),
    Situation("two kinds of sources", config="[profile a]\n" + role("one", source_profile="b", credential_source="Environment") + "[profile b]\n" + keys("BASE"), profile="a", error="config"),
    Situation("no role before the keys beside it", config="[profile a]\n" + role("one") + keys("SELF"), profile="a", error="partial"),
    Situation("variables before a role", config="[default]\n" + role("one", source_profile="base") + "[profile base]\n" + keys("BASE"), environment=variables("VARS"), finds="VARS"),
    Situation("credential_source Environment", config="[profile a]\n" + role("one", credential_source="Environment"), environment=variables("VARS"), profile="a", finds="role"),
    Situation("credential_source Environment with a token", config="[profile a]\n" + role("one", credential_source="Environment"), environment=variables("VTOK", token="tok"), profile="a", finds="role"),
    Situation("credential_source Environment without keys", config="[profile a]\n" + role("one", credential_source="Environment"), profile="a", error="retrieval"),
    Situation("credential_source in small letters", config="[profile a]\n" + role("one", credential_source="environment"), environment=variables("VARS"), profile="a", error="config"),
    Situation("a credential_source that AWS doesn't know", config="[profile a]\n" + role("one", credential_source="Vault"), profile="a", error="config"),
    Situation("an MFA device and no terminal", config="[profile a]\n" + role("one", source_profile="base", mfa_serial="arn:aws:iam::123456789012:mfa/me") + "[profile base]\n" + keys("BASE"), profile="a", error="mfa"),
    Situation("a role from a process", config="[profile a]\n" + role("one", source_profile="base") + "[profile base]\n" + process("PROC"), profile="a", finds="role"),
    Situation("a role from a process that fails", config="[profile a]\n" + role("one", source_profile="base") + "[profile base]\ncredential_process = false\n", profile="a", error="retrieval"),
    Situation("a role that is denied", config="[profile a]\n" + role("one", source_profile="base", role_session_name="denied") + "[profile base]\n" + keys("BASE"), profile="a", error="denied"),
    Situation("the Region of the outer profile", config="[profile a]\n" + role("one", source_profile="base") + "region = eu-central-1\n[profile base]\nregion = us-west-2\n" + keys("BASE"), profile="a", environment={"AWS_DEFAULT_REGION": None}, finds="role"),
    Situation("a Region that is given", config="[profile a]\n" + role("one", source_profile="base") + "region = eu-central-1\n[profile base]\n" + keys("BASE"), profile="a", region="ap-northeast-1", finds="role"),
]  # fmt: skip

TOKEN = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJtZSJ9.sig"

WEB_IDENTITY = [
    Situation("web identity in variables", environment={"AWS_WEB_IDENTITY_TOKEN_FILE": "{home}/token", "AWS_ROLE_ARN": ROLE + "web"}, files={"token": TOKEN}, finds="role"),
    Situation("web identity with a session name", environment={"AWS_WEB_IDENTITY_TOKEN_FILE": "{home}/token", "AWS_ROLE_ARN": ROLE + "web", "AWS_ROLE_SESSION_NAME": "pod-7"}, files={"token": TOKEN + "\n"}, finds="role"),
    Situation("web identity in a profile", config="[profile a]\n" + role("web", web_identity_token_file="{home}/token", role_session_name="mine"), files={"token": TOKEN}, profile="a", finds="role"),
    Situation("web identity before keys", credentials="[default]\n" + keys("FILE"), environment={"AWS_WEB_IDENTITY_TOKEN_FILE": "{home}/token", "AWS_ROLE_ARN": ROLE + "web"}, files={"token": TOKEN}, finds="role"),
    Situation("variables before web identity", environment=variables("VARS") | {"AWS_WEB_IDENTITY_TOKEN_FILE": "{home}/token", "AWS_ROLE_ARN": ROLE + "web"}, files={"token": TOKEN}, finds="VARS"),
    Situation("a role in the profile before web identity in variables", config="[default]\n" + role("one", source_profile="base") + "[profile base]\n" + keys("BASE"), environment={"AWS_WEB_IDENTITY_TOKEN_FILE": "{home}/token", "AWS_ROLE_ARN": ROLE + "web"}, files={"token": TOKEN}, finds="role"),
    Situation("a named profile before web identity in variables", config="[profile a]\n" + keys("AAAA"), environment={"AWS_WEB_IDENTITY_TOKEN_FILE": "{home}/token", "AWS_ROLE_ARN": ROLE + "web"}, profile="a", finds="AAAA"),
    Situation("the token in a variable, the role in the profile", config="[default]\nrole_session_name = pod\n" + role("web", web_identity_token_file="{home}/nowhere"), environment={"AWS_WEB_IDENTITY_TOKEN_FILE": "{home}/token"}, files={"token": TOKEN}, finds="role"),
    Situation("web identity as a source", config="[profile a]\n" + role("outer", source_profile="web") + "[profile web]\n" + role("web", web_identity_token_file="{home}/token"), files={"token": TOKEN}, profile="a", finds="role"),
    Situation("web identity and a source_profile", config="[profile a]\n" + role("web", web_identity_token_file="{home}/token", source_profile="base") + "[profile base]\n" + keys("BASE"), files={"token": TOKEN}, profile="a", finds="role"),
    Situation("web identity without a role", environment={"AWS_WEB_IDENTITY_TOKEN_FILE": "{home}/token"}, files={"token": TOKEN}, error="config"),
    Situation("web identity without a token", environment={"AWS_WEB_IDENTITY_TOKEN_FILE": "{home}/nowhere", "AWS_ROLE_ARN": ROLE + "web"}, error="token"),
    Situation("an empty variable for the token", config="[default]\n" + role("web", web_identity_token_file="{home}/token"), credentials="[default]\n" + keys("FILE"), environment={"AWS_WEB_IDENTITY_TOKEN_FILE": ""}, files={"token": TOKEN}, finds="FILE"),
]  # fmt: skip

PROCESSES = [
    Situation("a process", config="[profile a]\n" + process("PROC"), profile="a", finds="PROC"),
    Situation("a process in the credentials file", credentials="[a]\n" + process("PROC"), profile="a", finds="PROC"),
    Situation("a process with a token and an end", config="[default]\n" + process("PTOK", more=f', "SessionToken": "p/t+", "Expiration": "{FUTURE}"'), finds="PTOK"),
    Situation("a process with an end in another zone", config="[default]\n" + process("PZON", more=', "SessionToken": "t", "Expiration": "2035-01-01T02:00:00.123+02:00"'), finds="PZON"),
    Situation("a process whose keys have ended", config="[default]\n" + process("PEND", more=', "SessionToken": "t", "Expiration": "2020-01-01T00:00:00Z"'), error="expired"),
    Situation("a process whose end is null", config="[default]\n" + process("PNUL", more=', "SessionToken": null, "Expiration": null'), finds="PNUL"),
    Situation("credentials before a process", config="[default]\n" + process("PROC"), credentials="[default]\n" + keys("CRED"), finds="CRED"),
    Situation("a process before config", config="[default]\n" + process("PROC") + keys("CONF"), finds="PROC"),
    Situation("variables before a process", config="[default]\n" + process("PROC"), environment=variables("VARS"), finds="VARS"),
    Situation("a process that fails", config="[default]\ncredential_process = {python} -c \"import sys; sys.exit('no luck')\"\n", error="retrieval"),
    Situation("a process that says nothing", config="[default]\ncredential_process = true\n", error="process"),
    Situation("a process of version 2", config="[default]\n" + process("PROC", version="2"), error="retrieval"),
    Situation("a process without a version", config="[default]\ncredential_process = echo {{}}\n", error="retrieval"),
    Situation("a process without a secret", config="[default]\ncredential_process = echo '{{\"Version\": 1, \"AccessKeyId\": \"x\"}}'\n", error="retrieval"),
    Situation("a process that isn't there", config="[default]\ncredential_process = /nowhere/at/all\n", error="process"),
    Situation("a process that isn't in the path", config="[default]\ncredential_process = no-such-program-here\n", error="process"),
    Situation("a process with an open quotation mark", config="[default]\ncredential_process = echo 'x\n", error="process"),
    Situation("an argument with a blank", config="[default]\ncredential_process = {python} \"{home}/my keys.py\" 'a b' c\\ d\n", files={"my keys.py": "import sys, json\nassert sys.argv[1:] == ['a b', 'c d']\nprint(json.dumps({'Version': 1, 'AccessKeyId': 'AKIDEXAMPLE0ARGS', 'SecretAccessKey': 's'}))\n"}, finds="ARGS"),
    Situation("no shell", config="[default]\ncredential_process = echo $HOME | cat\n", error="process"),
]  # fmt: skip

SETTINGS = [
    Situation("the profile's Region", config="[default]\nregion = eu-west-3\n" + keys("REGI"), environment={"AWS_DEFAULT_REGION": None}, finds="REGI"),
    Situation("the variable before the profile's Region", config="[default]\nregion = eu-west-3\n" + keys("REGI"), environment={"AWS_DEFAULT_REGION": "sa-east-1"}, finds="REGI"),
    Situation("the Region in the credentials file", config="[default]\nregion = eu-west-3\n", credentials="[default]\nregion = eu-north-1\n" + keys("REGI"), environment={"AWS_DEFAULT_REGION": None}, finds="REGI"),
    Situation("no Region", credentials="[default]\n" + keys("NORE"), environment={"AWS_DEFAULT_REGION": None}, finds="NORE", differs="whoami answers without a Region, from STS in us-east-1"),
    Situation("a role without a Region", config="[default]\n" + role("one", source_profile="base") + "[profile base]\nregion = eu-west-1\n" + keys("BASE"), environment={"AWS_DEFAULT_REGION": None}, finds="role", differs="as above"),
    Situation("a Region with a comment", config="[default]\nregion = eu-west-3 # Paris\n" + keys("REGI"), environment={"AWS_DEFAULT_REGION": None}, error="region"),
    Situation("endpoint_url of the profile", config="[default]\nendpoint_url = {sts}\n" + keys("ENDP"), environment={"AWS_ENDPOINT_URL_STS": None}, finds="ENDP"),
    Situation("endpoint_url of a services section", config="[default]\nservices = local\nendpoint_url = http://127.0.0.1:1\n" + keys("SERV") + "[services local]\nsts =\n  endpoint_url = {sts}\n", environment={"AWS_ENDPOINT_URL_STS": None}, finds="SERV"),
    Situation("a services section in quotes", config="[default]\nservices = my own\n" + keys("SERV") + "[services 'my own']\nsts =\n  endpoint_url = {sts}\n", environment={"AWS_ENDPOINT_URL_STS": None}, finds="SERV"),
    Situation("a services section that isn't there", config="[default]\nservices = local\n" + keys("SERV"), environment={"AWS_ENDPOINT_URL_STS": None}, error="config"),
    Situation("the variable before a services section", config="[default]\nservices = local\n" + keys("SERV") + "[services local]\nsts =\n  endpoint_url = http://127.0.0.1:1\n", finds="SERV"),
    Situation("AWS_ENDPOINT_URL before a services section", config="[default]\nservices = local\n" + keys("SERV") + "[services local]\nsts =\n  endpoint_url = http://127.0.0.1:1\n", environment={"AWS_ENDPOINT_URL_STS": None, "AWS_ENDPOINT_URL": "{sts}"}, finds="SERV"),
]  # fmt: skip

SITUATIONS = ENVIRONMENT + FILES + BROKEN + ROLES + WEB_IDENTITY + PROCESSES + SETTINGS
