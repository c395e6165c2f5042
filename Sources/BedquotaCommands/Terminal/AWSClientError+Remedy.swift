import AWSWire

extension AWSClientError.Remedy {
  /// The command to type, in a sentence that follows the error's message.
  var sentence: String {
    switch self {
    case .exportCredentials(let profile):
      "Run: eval \"$(aws configure export-credentials --profile \(profile) --format env)\" and try again without --profile."
    case .beginSession(let profile):
      "Run `aws sts get-caller-identity --profile \(profile)` on a terminal and try again: its session is then found in the AWS CLI's cache."
    case .listModels: "`bedquota models` lists the ids of the account."
    }
  }
}
