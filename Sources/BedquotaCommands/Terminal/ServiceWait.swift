import AWSWire
import Reports

/// Waiting for a service that can't be reached, before there is a client that waits by itself.
enum ServiceWait {
  private static let pauseMax = Duration.seconds(15)

  /// Does `work`, again and again while the service is away.
  /// - Parameter patience: how long to go on.
  static func through<Result: Sendable>(
    _ patience: Duration, _ console: Console, _ work: () async throws -> Result
  ) async throws -> Result {
    var (waited, pause) = (Duration.zero, Duration.seconds(1))
    while true {
      do { return try await work() } catch let error as AWSClientError where isAway(error) && waited < patience {
        if waited == .zero { console.note(RunText.waiting(for: error.message)) }
        try await Task.sleep(for: pause)
        waited += pause
        pause = min(pause * 2, pauseMax)
      }
    }
  }

  private static func isAway(_ error: AWSClientError) -> Bool {
    error.code == .transport || error.code == .timeout || (error.service?.status ?? 0) >= 500
  }
}
