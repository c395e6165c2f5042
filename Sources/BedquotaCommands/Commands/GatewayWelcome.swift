import Gateway

/// What users are told when a gateway listens: what to paste so that their programs use it.
struct GatewayWelcome {
  let text: String

  /// - Parameter config: the configuration file; nil: none.
  init(_ started: GatewayServer.Started, isEmulated: Bool, config: String?) {
    let url = started.url
    let emulated = isEmulated ? ", emulated: nothing is charged, and replies are made up" : ""
    var lines = ["Serving Bedrock in \(started.region)\(emulated); Ctrl-C stops"]
    if started.isOpen {
      lines += [
        "# boto3, the AWS CLI, LangChain, every AWS SDK",
        "export AWS_ENDPOINT_URL_BEDROCK_RUNTIME=\(url)",
        "# Claude Code and AnthropicBedrock",
        "export ANTHROPIC_BEDROCK_BASE_URL=\(url)",
        "# the anthropic package",
        "export ANTHROPIC_BASE_URL=\(url) ANTHROPIC_API_KEY=\(Self.name)",
        "# the openai package",
        "export OPENAI_BASE_URL=\(url)/v1 OPENAI_API_KEY=\(Self.name)",
        "# any credentials do, and their id is the caller's name; if you have none:",
        "export AWS_ACCESS_KEY_ID=\(Self.name) AWS_SECRET_ACCESS_KEY=any",
        "export AWS_REGION=\(started.region) AWS_DEFAULT_REGION=\(started.region)",
      ]
    } else {
      let option = config.map { " --config \($0)" } ?? ""
      lines.append("`bedquota gateway key NAME\(option)` prints what the caller NAME sets.")
    }
    text = lines.map { $0 + "\n" }.joined()
  }

  /// A name for whoever gives none.
  private static let name = "me"
}
