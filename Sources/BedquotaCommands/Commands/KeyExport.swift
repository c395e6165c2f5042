/// The lines with which the clients of a gateway are told its address and a key.
struct KeyExport {
  let accessKeyID: String
  let secret: String
  let url: String

  init(_ pair: (accessKeyID: String, secret: String), url: String) {
    accessKeyID = pair.accessKeyID
    secret = pair.secret
    self.url = url
  }

  var lines: String {
    """
    # boto3, the AWS CLI, LangChain, every AWS SDK
    export AWS_ENDPOINT_URL_BEDROCK_RUNTIME=\(url)
    export AWS_ACCESS_KEY_ID=\(accessKeyID)
    export AWS_SECRET_ACCESS_KEY='\(secret)'

    # Claude Code and AnthropicBedrock
    export CLAUDE_CODE_USE_BEDROCK=1
    export ANTHROPIC_BEDROCK_BASE_URL=\(url)
    export AWS_BEARER_TOKEN_BEDROCK='\(secret)'

    # Anthropic's SDK
    export ANTHROPIC_BASE_URL=\(url)
    export ANTHROPIC_AUTH_TOKEN='\(secret)'

    # OpenAI's SDK
    export OPENAI_BASE_URL=\(url)/v1
    export OPENAI_API_KEY='\(secret)'

    """
  }
}
