/// Something that goes wrong for a while.
package struct Fault: Sendable {
  package enum Kind: Sendable {
    /// Messages take longer, by so many seconds on average.
    case delay(meanSeconds: Double)
    /// Messages get lost, requests and replies alike.
    case loss(Double)
    /// Refusals for a quota that has room.
    case groundlessRefusals(Double)
    /// Refusals don't say for which quota.
    case silentRefusals
    /// 503.
    case noCapacity(Double)
    /// Replies break off.
    case cuts(Double)
    /// Replies don't say what they cost.
    case missingUsage(Double)
    /// Callers give up, waiting or under way.
    case givingUp(Double)
    /// A client's clock goes back, and on from there.
    case clockBack(client: Int, seconds: Double)
    /// A client stands still, and so does its clock until the end.
    case pause(client: Int)
    /// The quota is this many times what it was, and what it was again in the end.
    case quota(factor: Double, isTold: Bool)
    /// Others take this share of the quotas.
    case foreign(share: Double)
    /// Timers go off late, by up to so many seconds.
    case lateTimers(Double)
  }

  package var kind: Kind
  /// Nanoseconds; an end of `.max` is never.
  package var from: Int64
  package var to: Int64

  package init(_ kind: Kind, from: Int64, to: Int64) {
    self.kind = kind
    self.from = from
    self.to = to
  }

  /// When it was last felt, given when a run ends: one that stays is over when everybody has had to get used to it.
  func lastFelt(timeout: Int64) -> Int64 {
    let change = to == .max ? from : to
    return switch kind {
    // What was on its way at the end may come ten times as late as is usual.
    case .delay(let mean): change + Int64(mean * 10e9)
    case .loss: change + timeout
    // Until the clock is where it had been.
    case .clockBack(_, let seconds): from + Int64(seconds * 1e9)
    default: change
    }
  }
}

/// Which faults there are at a time.
struct Weather: Sendable {
  var delayMeanSeconds = 0.0
  var loss = 0.0
  var groundlessRefusals = 0.0
  var silentRefusals = false
  var noCapacity = 0.0
  var cuts = 0.0
  var missingUsage = 0.0
  var givingUp = 0.0
  var lateTimers = 0.0
  var foreignShare = 0.0
}
