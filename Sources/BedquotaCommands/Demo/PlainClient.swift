import AWSClient
import AWSWire
import Bedquota

/// What most programs do: send at once, and leave throttling to the SDK's retries.
///
/// Five attempts, with random pauses of up to 1, 2, 4 and 8 s between them: what boto3 does unless it is told otherwise, its mode
/// `legacy` (botocore 1.43.127, `data/_retry.json` and `retryhandler.py`).
struct PlainClient: Sendable {
  var id: String
  var session: BedquotaSession
  var timeScale: Double

  private static let attempts = 5

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
