/// The lines with which the clients of a gateway are told its address and a key.
struct KeyExport {
  let accessKeyID: String
  let secret: String
  let url: String
  /// nil: not known; AWS's SDKs want one all the same.
  let region: String?

  init(_ pair: (accessKeyID: String, secret: String), url: String, region: String?) {
    accessKeyID = pair.accessKeyID
    secret = pair.secret
    self.url = url
    self.region = region
  }

  /// botocore refuses to send a bearer token in clear text, and so every boto3 program in whose environment it finds one
  /// (botocore 1.44.8, `auth.py`: "Bearer authorization requires an HTTPS endpoint"). The access key serves these clients as well.
  private var bearer: String {
    url.hasPrefix("https:")
      ? "export AWS_BEARER_TOKEN_BEDROCK='\(secret)'"
      : "# the access key above; over https also AWS_BEARER_TOKEN_BEDROCK, which boto3 refuses without"
  }

  var lines: String {
    """
    # boto3, the AWS CLI, LangChain, every AWS SDK
    export AWS_ENDPOINT_URL_BEDROCK_RUNTIME=\(url)
    export AWS_ACCESS_KEY_ID=\(accessKeyID)
    export AWS_SECRET_ACCESS_KEY='\(secret)'
    \(region.map { "export AWS_REGION=\($0) AWS_DEFAULT_REGION=\($0)" } ?? "# and a Region: AWS_REGION, and AWS_DEFAULT_REGION for boto3")

    # Claude Code and AnthropicBedrock
    export CLAUDE_CODE_USE_BEDROCK=1
    export ANTHROPIC_BEDROCK_BASE_URL=\(url)
    \(bearer)

    # Anthropic's SDK
    export ANTHROPIC_BASE_URL=\(url)
    export ANTHROPIC_AUTH_TOKEN='\(secret)'

    # OpenAI's SDK
    export OPENAI_BASE_URL=\(url)/v1
    export OPENAI_API_KEY='\(secret)'

    """
  }
}
