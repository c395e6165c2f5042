import AWSWire
import Bedquota
import Reports

/// Waiting for a service that can't be reached and for a full disk, before there is a run that waits by itself.
enum StartWait {
  private static let pauseMax = Duration.seconds(15)

  /// Does `work`, again and again while the service is away or the disk is full.
  /// - Parameter patience: how long to go on.
  static func through<Result: Sendable>(
    _ patience: Duration, _ console: Console, _ work: () async throws -> Result
  ) async throws -> Result {
    var (waited, pause) = (Duration.zero, Duration.seconds(1))
    while true {
      do { return try await work() } catch let error where mayPass(error) && waited < patience {
        if waited == .zero { console.note(RunText.waiting(for: "\(error)")) }
        try await Task.sleep(for: pause)
        waited += pause
        pause = min(pause * 2, pauseMax)
      }
    }
  }

  private static func mayPass(_ error: any Error) -> Bool {
    if let error = error as? BedquotaError { return error.isFullDisk }
    guard let error = error as? AWSClientError else { return false }
    return error.code == .transport || error.code == .timeout || (error.service?.status ?? 0) >= 500
  }
}
