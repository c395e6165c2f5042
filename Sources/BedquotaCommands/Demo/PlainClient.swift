import AWSClient
import AWSWire
import Bedquota

/// What most programs do: send at once, and leave throttling to the SDK's retries.
///
/// Three attempts, with random pauses of up to 1 and 2 s between them: `standard` of the AWS SDKs
/// (docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html).
struct PlainClient: Sendable {
  var id: String
  var session: BedquotaSession
  var timeScale: Double

  private static let attempts = 3

  func send(_ request: ModelRequest) async throws {
    for attempt in 1...Self.attempts {
      do {
        _ = try await session.inference.callOnce(BedrockRuntimeAPI.converse(id, body: request.json))
        return
      } catch let error as AWSClientError where attempt < Self.attempts && error.service?.status == 429 {
        let pause = Double.random(in: 0...1) * Double(1 << (attempt - 1))
        try await Task.sleep(for: .seconds(pause / timeScale))
      }
    }
  }
}
