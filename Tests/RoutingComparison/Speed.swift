import AdmissionControl
import Bedquota
import Foundation
import Synchronization

/// What choosing costs where there is room: nanoseconds in real time, as JSON. `scripts/benchmark-routing` shows it.
enum Speed {
  private static let scopes = 16
  private static let operations = 400_000
  private static let repetitions = 7
  private static let many: Int64 = 1_000_000_000_000
  private static let cost = Cost(input: 200, maxTokens: 800)

  static func run() {
    let book = Mutex(RouteChooser(rates: Array(repeating: Double(many) / 60, count: scopes)))
    let sessions = (0..<1_000).map { RouteSession(id: "\($0)") }
    book.withLock { book in
      for (index, session) in sessions.enumerated() {
        book.learned(session, cachedTokens: 20_000, at: index % scopes, now: .zero)
      }
    }
    let limiters = (0..<scopes).map { _ in Limiter(LimiterConfiguration(limits: [Limit(.tokensPerMinute, many)])) }
    func admit(_ scope: Int) {
      guard let reservation = limiters[scope].takeIfRoom(Request(cost: cost)) else {
        fatalError("a limit that is never reached was reached")
      }
      reservation.settle(.completed(Amounts(tokens: 300)))
    }
    func choose(_ session: RouteSession?) -> Int {
      let choice = book.withLock { $0.choose(session, among: CandidateSet(count: scopes), at: .seconds(1)) }
      return choice.favourite ?? choice.candidates.first ?? 0
    }
    let figures = [
      ("admit and settle, one scope known", nanoseconds { _ in admit(0) }),
      ("choose among 16, admit and settle", nanoseconds { _ in admit(choose(nil)) }),
      ("the same for a session that is cached", nanoseconds { admit(choose(sessions[$0 % sessions.count])) }),
    ]
    let rows = figures.map { #"{"what":"\#($0.0)","ns":\#(String(format: "%.1f", $0.1))}"# }
    print("[\(rows.joined(separator: ","))]")
  }

  /// The median of some repetitions, each operation on average.
  private static func nanoseconds(_ work: (Int) -> Void) -> Double {
    let times = (0...repetitions).map { _ in
      ContinuousClock().measure { for turn in 0..<operations { work(turn) } } / .nanoseconds(1) / Double(operations)
    }
    return times.dropFirst().sorted()[repetitions / 2]
  }
}
