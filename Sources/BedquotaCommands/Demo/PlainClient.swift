import AWSClient
import AWSWire
import Bedquota

/// What most programs do: send at once, and leave throttling to the SDK's retries.
///
/// Five attempts, with random pauses of up to 1, 2, 4 and 8 s between them: boto3's mode `legacy`, its default before 1.44
/// (botocore, `data/_retry.json` and `retryhandler.py`). The default since, `standard`, makes three and has a budget for retries, so
/// it gives up sooner (botocore 1.44.8, `configprovider.py` and `retries/standard.py`).
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
