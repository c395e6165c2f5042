import ProbeScenarios
import QuotaProbe
import Testing

/// Pins what whole searches do, from the first trial to the finding. `probe-simulation 1 6 --digest` compares every action of two
/// versions; these figures don't depend on the last digit of the machine's `exp` and `log`.
struct ProbeDigestTests {
  struct Expected: Sendable {
    var kind: ProbeDigest.Kind
    var seed: UInt64
    var requests: Int
    var stop: ProbeStop
    /// The window and requests or tokens per minute.
    var finding: (semantics: String, rate: Double)?

    init(
      _ kind: ProbeDigest.Kind, _ seed: UInt64, _ requests: Int, _ stop: ProbeStop, _ semantics: String? = nil, _ rate: Double = 0
    ) {
      (self.kind, self.seed, self.requests, self.stop) = (kind, seed, requests, stop)
      finding = semantics.map { ($0, rate) }
    }
  }

  @Test(arguments: [
    Expected(.search, 1, 339, .durationMax, "fixed60", 18), Expected(.search, 2, 448, .found, "bucket2", 121),
    Expected(.search, 5, 667, .found, "rolling60", 638_998), Expected(.search, 6, 403, .found, "bucket60", 41_544),
    Expected(.wordless, 2, 449, .found, "bucket2", 121), Expected(.wordless, 5, 946, .found, "rolling60", 640_103),
    Expected(.faulty, 1, 364, .durationMax, "fixed60", 18), Expected(.capped, 2, 64, .durationMax, "bucket2", 124),
    Expected(.capped, 3, 61, .requestsMax), Expected(.capped, 4, 34, .tokensMax), Expected(.steps, 2, 31, .throttledBatch),
    Expected(.steps, 3, 151, .batchesDone), Expected(.interrupted, 2, 66, .interrupted, "bucket2", 121),
    Expected(.interrupted, 4, 140, .interrupted), Expected(.heldFaulty, 1, 68, .longAnswers), Expected(.together, 4, 99, .found),
    Expected(.togetherFaulty, 3, 65, .noAnswer),
  ])
  func whole(expected: Expected) {
    let digest = ProbeDigest(expected.kind, seed: expected.seed)
    #expect(digest.stop == expected.stop)
    #expect(abs(digest.requests - expected.requests) <= expected.requests / 50)
    #expect(digest.finding?.semantics == expected.finding?.semantics)
    if let finding = digest.finding, let expected = expected.finding {
      #expect(abs(finding.ratePerMinute.estimate / expected.rate - 1) < 0.03)
    }
  }

  /// The digest tells two searches apart and is the same for the same one.
  @Test
  func digestsTellSearchesApart() {
    let digests = [2, 2, 4].map { ProbeDigest(.steps, seed: $0).value }
    #expect(digests[0] == digests[1] && digests[0] != digests[2])
  }
}
