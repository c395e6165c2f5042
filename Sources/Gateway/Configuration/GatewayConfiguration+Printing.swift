extension GatewayConfiguration {
  /// A configuration file with every key, its default and what it does. It parses to the defaults; what has no default is an
  /// example after a single `#`.
  package static let printed = """
    ## The configuration of bedquota gateway. Every value here is the default; a gateway without a file does the same.
    ## Unknown keys, wrong values and secrets that can't be found stop the start. A change of the file takes effect by itself.
    ##
    ## Times have a unit: 500ms, 30s, 10m, 1h. Sizes: 64kB, 25MB, 1GiB. Counts: 500, 10k, 50M.
    ## Secrets are never written here: "${NAME}" is an environment variable, "${file:/path}" a file.

    ## Where clients connect, in clear text: HTTP/1.1, or HTTP/2 by prior knowledge. An address that other machines reach needs keys.
    listen: 127.0.0.1:4000

    ## TLS instead, with PEM files: the certificate with those between it and its authority, and its key.
    # tls: {cert: /etc/bedquota/cert.pem, key: /etc/bedquota/key.pem}

    ## /metrics and /status: for programs of this machine only, or for whoever sends the secret as bearer token. With an address of
    ## their own, they are there alone, in clear text; one that other machines reach needs the secret.
    # admin: {listen: 127.0.0.1:4001, secret: "${ADMIN_KEY}"}

    ## The AWS accounts that requests go to. A request goes to the first one that serves its Region. Without it: the account of the
    ## gateway's credentials, and the Region that a request is signed for, or the gateway's.
    ##   name          in logs, metrics and status (the number of the role's account, or own)
    ##   regions       the Regions that requests may go to, the default first (every Region)
    ##   role          a role to assume with the gateway's credentials (none)
    ##   session_name  the name of the role's session; with {key}, each caller has its own, and CloudTrail shows it (bedquota)
    ##   external_id   what the role's trust policy asks for (none)
    ##   duration      how long a session lasts, 15m to 12h (what STS gives, 1h)
    # accounts:
    #   - {regions: [us-east-1, us-west-2]}
    #   - name: research
    #     role: arn:aws:iam::222222222222:role/bedrock
    #     regions: [us-east-1]
    #     session_name: "{key}"
    #     external_id: 7f3a-example
    #     duration: 1h

    ## Other names for ids, with the account and the Region if they matter. A list is asked in its order, and a request goes to the
    ## first entry whose quotas have room; an entry without a Region stands for all Regions of its account, or of all accounts.
    ## Without it: an id goes where it says.
    # models:
    #   opus: us.anthropic.claude-opus-4-8
    #   nova: {id: us.amazon.nova-pro-v1:0, account: research, region: us-east-1}
    #   haiku:
    #     - us.anthropic.claude-haiku-4-5-20251001-v1:0
    #     - {id: global.anthropic.claude-haiku-4-5-20251001-v1:0, account: own}

    ## The secret from which those of keys are derived that have none of their own; BEDQUOTA_GATEWAY_MASTER is the same.
    ## `bedquota gateway key NAME` prints what its caller sets.
    # master: "${file:/run/secrets/master}"

    ## Who may call. One secret serves as bearer token, as x-api-key and as AWS secret access key. Without keys: anybody on this
    ## machine, and the access key id is the caller's name.
    ##   secret            where the secret is; or
    ##   sha256            the SHA-256 of the bearer token, which can't verify AWS signatures; or
    ##   serial            which secret derived from master; another number is another secret. A list is valid together. (1)
    ##   share             weight among callers of the same priority (1)
    ##   priority          high, normal or low: 70, 25 and 5 parts of a quota while all wait (normal)
    ##   max_wait          the longest that a request waits (queue.max_wait)
    ##   models            ids that may be invoked, with * for any text (every id)
    ##   tokens_per_day    quota tokens in a day of UTC; beyond it requests are refused, not held (no limit)
    ##   requests_per_day  requests in a day of UTC (no limit)
    ##   max_body          the longest body of a request (limits.body)
    # keys:
    #   chat:  {secret: "${file:/run/secrets/chat}", share: 3}
    #   batch: {secret: "${BATCH_KEY}", priority: low, max_wait: 10m}
    #   agent: {serial: 2}
    #   ci:    {sha256: 9f2c1d…, models: [us.amazon.*], tokens_per_day: 50M, requests_per_day: 10k, max_body: 1MB}

    ## Whether callers may come with a Bedrock API key of their own, which goes to AWS as it is, and is not verified here.
    ## Without it: yes, if there are no keys.
    # pass_through: false

    ## What waits: how long at most, and how many bytes of bodies and how many requests in all.
    queue: {max_wait: 10m, bytes: 512MB, requests: 100k}

    ## After a signal to stop: how long new connections are still accepted while /readyz says 503, and how long requests may finish.
    drain_delay: 5s
    drain: 10m

    ## The part of each quota that this gateway may use. Two gateways in front of one account: 0.5 each, or a fleet.
    quota_share: 1

    ## Shares the quotas with other gateways and runs through Redis, Valkey or DynamoDB (none). An address with a password is a secret.
    ##   url       redis://HOST:PORT/DATABASE, rediss://… with TLS, redis+sentinel://HOST,HOST/NAME,
    ##             rediss://USER@HOST:PORT/?iam=CACHE for ElastiCache by IAM; or dynamodb://TABLE?region=us-east-1;
    ##             ?prefix=TEXT keeps fleets apart
    ##   weight    the part of this gateway when many wait (1)
    ##   fallback  while the store is away: share (some nine tenths of the part that it had), closed (nothing), or a number of members,
    ##             of which each takes an equal part (share)
    # fleet: {url: "redis://cache.internal:6379", weight: 1, fallback: share}

    ## While a request that isn't streamed waits: silent. The other way, spaces (a 200, and blanks before the JSON), is not there yet.
    plain_keepalive: silent

    ## One line of JSON for each request, without prompts: off, stdout or an absolute path.
    access_log: off

    ## The longest body of a request, the requests in progress at a time, and the longest that one may take, from its head to the
    ## last byte of its reply.
    limits: {body: 25MB, requests: 16384, time: 1h}

    """.replacing("9f2c1d…", with: String(repeating: "9f2c", count: 16))
}
