package import QuotaProbe

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// What a probe is compared with: twelve fixed rates, from high to low, each held until a refusal in fifty would show.
///
/// It is told more than it could know: its rungs lie about the true rate, a precision of 3 % apart (each 6 % above the one
/// before), and it begins with the quota used up, as it must be for a rung just above the limit to be refused anything within its
/// time. All its requests are of the size in question: which quota binds is not known beforehand.
package struct FixedLadder {
  package static let rungs = 12
  /// Half the distance of two rungs.
  package static let precision = 0.03

  package private(set) var requests = 0
  /// Requests per minute: between the last rung that was refused something and the next one; nil where all were.
  package private(set) var estimate: Double?

  /// - Parameters:
  ///   - perMinute: the true rate, in requests of `shape`.
  ///   - burst: requests of `shape` that use the quota up.
  package init(_ server: inout ProbeServer, shape: ProbeShape, perMinute: Double, burst: Double, latency: Double) {
    let most = 900 / latency * 60
    hold(&server, shape, rate: min(10 * perMinute, most), count: burst * 1.15)
    var bad: Double?
    // From below, each rung would fill a bucket for the next one.
    for rung in (0..<Self.rungs).reversed() {
      let rate = perMinute * exp(log(1 + 2 * Self.precision) * (Double(rung) - Double(Self.rungs - 1) / 2 + 0.25))
      let minutes = max((70 / perMinute).rounded(.up), 1)
      let refused = hold(&server, shape, rate: rate, count: rate * minutes)
      if refused > 0.02 {
        if estimate == nil { bad = rate }
      } else {
        estimate = estimate ?? bad.map { ($0 * rate).squareRoot() } ?? rate
      }
    }
  }

  /// - Returns: the share that was refused.
  @discardableResult
  private mutating func hold(_ server: inout ProbeServer, _ shape: ProbeShape, rate: Double, count: Double) -> Double {
    let start = server.now
    let total = Int(count)
    var (sent, refused) = (0, 0)
    while sent < total {
      let due = start + Int64(Double(sent) * 60e9 / rate)
      while let answer = server.advance(to: due) { if case .throttled = answer.outcome { refused += 1 } }
      server.receive(requests, shape)
      requests += 1
      sent += 1
    }
    let end = server.now + 100_000_000
    while let answer = server.advance(to: end) { if case .throttled = answer.outcome { refused += 1 } }
    return Double(refused) / Double(max(total, 1))
  }
}
