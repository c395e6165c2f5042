import FleetStore

/// Requests of the tests: a quota of 600,000 tokens per minute, so that 10 come back in a millisecond.
extension FleetLimit {
  static let tokens = FleetLimit(.minute, rate: 600_000, capacity: 570_000, burst: 10_000)
  static let places = FleetLimit(.concurrency, rate: 4, capacity: 4)
}

extension SyncRequest {
  /// A member that owes nothing.
  static func sample(_ member: String, _ sequence: Int64 = 1, _ limits: [FleetLimit] = [.tokens]) -> SyncRequest {
    SyncRequest(member: member, sequence: sequence, meters: limits.map { Meter($0) })
  }

  /// The same with the first meter's debt, and bundles that reserve and cost the same.
  func owing(_ units: Int64) -> SyncRequest {
    var request = self
    request.meters[0].owed = FleetAmount(reserved: units, predicted: units)
    return request
  }

  func asking(_ units: Int64...) -> SyncRequest {
    var request = self
    request.bundles = units.map { units in
      meters.enumerated().map { index, meter in
        index == 0
          ? FleetAmount(reserved: units, predicted: units)
          : FleetAmount(
            reserved: meter.limit.kind == .concurrency ? 1 : units, predicted: meter.limit.kind == .minute ? units : 0)
      }
    }
    return request
  }

  func with(_ change: (inout SyncRequest) -> Void) -> SyncRequest {
    var request = self
    change(&request)
    return request
  }
}

extension SyncReply {
  /// The answer; nil for a duplicate.
  var answer: Answer? {
    guard case .answer(let answer) = self else { return nil }
    return answer
  }
}
