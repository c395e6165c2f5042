import AWSWire

extension AWSClientError.Remedy {
  /// The command to type, in a sentence that follows the error's message.
  var sentence: String {
    switch self {
    case .signIn(.identityCenter, let profile): "Run `aws sso login --profile \(Self.quoted(profile))`."
    case .signIn(.console, let profile): "Run `aws login --profile \(Self.quoted(profile))`."
    case .beginSession(let profile):
      "Run `aws sts get-caller-identity --profile \(Self.quoted(profile))` on a terminal and try again: its session is then found in the AWS CLI's cache."
    case .listModels: "`bedquota models` lists the ids of the account."
    }
  }

  /// A name as a shell reads it.
  private static func quoted(_ name: String) -> String {
    let isPlain = name.utf8.allSatisfy { (48...57).contains($0) || (65...90).contains($0 & ~32) || "._@-".utf8.contains($0) }
    return isPlain ? name : "'\(name.replacing("'", with: "'\\''"))'"
  }
}
