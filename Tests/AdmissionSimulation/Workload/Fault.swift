/// A fault that lasts for a while.
package struct Fault: Sendable {
  package enum Kind: Sendable {
    /// Messages take longer, by this mean in seconds.
    case delay(meanSeconds: Double)
    /// Messages get lost, requests and replies alike.
    case loss(Double)
    /// The server throttles though the quota has room.
    case groundlessRefusals(Double)
    /// Throttled replies don't name the quota.
    case silentRefusals
    /// 503.
    case noCapacity(Double)
    /// Replies break off.
    case cuts(Double)
    /// Replies don't say what they cost.
    case missingUsage(Double)
    /// Callers give up, while they wait or while their request is in flight.
    case givingUp(Double)
    /// A client's clock steps back and goes on from there.
    case clockBack(client: Int, seconds: Double)
    /// A client pauses, and so does its clock until the end of the fault.
    case pause(client: Int)
    /// The quota is multiplied by this, until the end of the fault.
    case quota(factor: Double, isTold: Bool)
    /// Other clients take this share of the quotas.
    case foreign(share: Double)
    /// Timers fire late, by up to this many seconds.
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

  /// When its effect ends. A fault without an end counts as over once clients have had the time to adapt.
  func lastFelt(timeout: Int64) -> Int64 {
    let change = to == .max ? from : to
    return switch kind {
    // Messages in flight at the end may be ten times as late as usual.
    case .delay(let mean): change + Int64(mean * 10e9)
    case .loss: change + timeout
    // Until the clock shows again what it showed before.
    case .clockBack(_, let seconds): from + Int64(seconds * 1e9)
    default: change
    }
  }
}

/// The faults that are active at a time.
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
