package import QuotaProbe

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// What a probe is compared with: twelve fixed rates, from high to low, each sent long enough for one 429 in fifty to show.
///
/// It is told more than it could know: its rungs lie around the true rate, each 6 % above the one before (a precision of 3 %), and
/// it begins with the quota used up; else a rung just above the limit would see no 429 in its time. All its requests are of the
/// size asked about, because nobody knows beforehand which quota binds.
package struct FixedLadder {
  package static let rungs = 12
  /// Half the distance of two rungs.
  package static let precision = 0.03

  package private(set) var requests = 0
  /// Requests per minute: between the last rung with 429s and the next one; nil where all had some.
  package private(set) var estimate: Double?

  /// - Parameters:
  ///   - perMinute: the true rate, in requests of `size`.
  ///   - burst: requests of `size` that use the quota up.
  ///   - latency: seconds of an answer.
  package init(_ server: inout ProbeServer, size: TrialSize, perMinute: Double, burst: Double, latency: Double) {
    let most = 900 / latency * 60
    send(&server, size, rate: min(10 * perMinute, most), count: burst * 1.15)
    var bad: Double?
    // From high to low: a rung below the limit would fill the bucket for the next one.
    for rung in (0..<Self.rungs).reversed() {
      let rate = perMinute * exp(log(1 + 2 * Self.precision) * (Double(rung) - Double(Self.rungs - 1) / 2 + 0.25))
      let minutes = max((70 / perMinute).rounded(.up), 1)
      let throttled = send(&server, size, rate: rate, count: rate * minutes)
      if throttled > 0.02 {
        if estimate == nil { bad = rate }
      } else {
        estimate = estimate ?? bad.map { ($0 * rate).squareRoot() } ?? rate
      }
    }
  }

  /// Sends `count` requests at `rate` per minute.
  /// - Returns: the share that was throttled.
  @discardableResult
  private mutating func send(_ server: inout ProbeServer, _ size: TrialSize, rate: Double, count: Double) -> Double {
    let start = server.now
    let total = Int(count)
    var (sent, throttled) = (0, 0)
    while sent < total {
      let due = start + Int64(Double(sent) * 60e9 / rate)
      while let answer = server.advance(to: due) { if case .throttled = answer.outcome { throttled += 1 } }
      server.receive(requests, size)
      requests += 1
      sent += 1
    }
    let end = server.now + 100_000_000
    while let answer = server.advance(to: end) { if case .throttled = answer.outcome { throttled += 1 } }
    return Double(throttled) / Double(max(total, 1))
  }
}
