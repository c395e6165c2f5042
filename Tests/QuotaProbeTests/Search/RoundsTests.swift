import BedrockQuotas
import Testing

@testable import QuotaProbe

struct RoundsTests {
  private static let second: Int64 = 1_000_000_000

  /// A service that runs `most` requests concurrently and answers each after a second, a 429 at once.
  private func search(most: Int, inFlightMax: Int = 1_000) -> ProbeSearch {
    var options = ProbeOptions(measure: .concurrent)
    options.inFlightMax = inFlightMax
    var search = ProbeSearch(options: options, prior: ProbePrior(), at: 0)
    var now: Int64 = 0
    var running: [(id: Int, end: Int64)] = []
    while true {
      switch search.next(at: now) {
      case .finished: return search
      case .send(let trial):
        if running.count < most {
          running.append((trial.id, now + Self.second))
        } else {
          search.answered(trial.id, .throttled(.requests), at: now)
        }
      case .wait(let until):
        guard let first = running.first, first.end <= until else {
          now = until
          continue
        }
        now = max(now, first.end)
        running.removeFirst()
        search.answered(first.id, .accepted(quotaTokens: 16), at: now)
      }
    }
  }

  @Test(arguments: [1, 2, 7, 8, 9, 100])
  func findsTheNumber(most: Int) {
    let search = search(most: most)
    #expect(search.stop == .found && search.concurrency == ProbeConcurrency(low: most, high: most))
    #expect(search.steps.dropFirst().allSatisfy { $0.kind == .round })
  }

  @Test
  func doublesUpToWhatItMaySend() {
    let search = search(most: .max, inFlightMax: 20)
    #expect(search.stop == .inFlightMax && search.concurrency == ProbeConcurrency(low: 20, high: nil))
    #expect(search.steps.map(\.attempted) == [1, 8, 16, 20])
  }
}
