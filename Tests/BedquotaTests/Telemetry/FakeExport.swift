import Bedquota
import Foundation
import HTTPTypes
import Synchronization

/// Time that passes only where somebody waits for it. What takes too long is what ``Post`` leaves unanswered.
final class FakeTime: Sendable {
  private let state = Mutex((now: Duration.zero, slept: [Duration]()))

  /// Delays of retries, and intervals.
  var slept: [Duration] { state.withLock { $0.slept } }

  func pass(_ time: Duration) { state.withLock { $0.now += time } }

  /// - Parameters:
  ///   - sleeps: false: nobody wakes from an interval, but by its cancellation.
  ///   - timesOut: whether a time after which something is given up passes at once.
  func clock(sleeps: Bool = true, timesOut: Bool = false) -> ExportClock {
    ExportClock(
      unixNanoseconds: { [self] in 1_700_000_000_000_000_000 + UInt64(state.withLock { $0.now } / .nanoseconds(1)) },
      uptime: { [self] in state.withLock { $0.now } },
      sleep: { [self] time in
        try Task.checkCancellation()
        guard sleeps else { return try await Task.sleep(for: .seconds(600)) }
        state.withLock {
          $0.now += time
          $0.slept.append(time)
        }
      },
      timeout: { [self] time in
        guard timesOut else { return try await Task.sleep(for: .seconds(600)) }
        pass(time)
      }, jitter: { 1 })
  }
}

struct NoConnection: Error, CustomStringConvertible {
  var description = "connection refused"
}

/// A collector that answers as a test says; the last answer is repeated.
final class Post: Sendable {
  enum Answer: Sendable {
    case status(Int, headers: HTTPFields = [:], body: String = "{}")
    case failure(NoConnection = NoConnection())
    case silence
  }

  typealias Request = (url: URL, headers: HTTPFields, body: Data)

  private let state: Mutex<(answers: [Answer], requests: [Request])>

  init(_ answers: Answer...) { state = Mutex((answers, [])) }

  var requests: [Request] { state.withLock { $0.requests } }

  var send: OTLPSender.Send {
    { [self] url, headers, body in
      let answer = state.withLock { state in
        state.requests.append((url, headers, body))
        return state.answers.count > 1 ? state.answers.removeFirst() : state.answers.first ?? .status(200)
      }
      switch answer {
      case .status(let status, let headers, let body): return (status, headers, Data(body.utf8))
      case .failure(let error): throw error
      case .silence:
        try await Task.sleep(for: .seconds(600))
        throw NoConnection()
      }
    }
  }
}

final class Notices: Sendable {
  private let state = Mutex<[OpenTelemetryNotice]>([])
  var all: [OpenTelemetryNotice] { state.withLock { $0 } }
  var tell: @Sendable (OpenTelemetryNotice) -> Void { { [self] notice in state.withLock { $0.append(notice) } } }
}
