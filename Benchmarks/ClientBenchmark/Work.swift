import AWSClient
import Bedquota

/// The same work as in Benchmarks/ClientPeers/workload.py.
enum Work {
  static let model = "us.amazon.nova-pro-v1:0"
  static let workers = 64
  static let maxTokens = 800
  private static let promptTokens = 300...700
  static let pauseAfterFailure = Duration.seconds(1)
  static let grace = Duration.seconds(90)

  static func request(worker: Int, number: Int) -> ModelRequest {
    let tokens = promptTokens.lowerBound + (worker * 131 + number * 197) % promptTokens.count
    return ModelRequest(prompt: String(repeating: "now ", count: tokens), maxTokens: maxTokens)
  }

  /// A session with an emulator that ignores the machine's AWS settings.
  static func withSession<Value: Sendable>(
    _ url: String, _ body: @escaping @Sendable (BedquotaSession) async throws -> Value
  ) async throws -> Value {
    let options = AWSConfiguration.Options(
      region: "us-east-1", endpointURL: url,
      credentials: StaticCredentialProvider(Credentials(accessKeyID: "emulator", secretAccessKey: "emulator")))
    let nowhere = ["AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null"]
    return try await BedquotaSession.with(
      try AWSConfiguration(options, environment: nowhere), body)
  }
}
