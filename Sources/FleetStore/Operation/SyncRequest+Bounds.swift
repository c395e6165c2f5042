extension SyncRequest {
  /// The request with every number in its range and the member's name encoded, as the store takes it.
  /// - Throws: ``FleetStoreError`` (`request`) if it has too many parts, or parts of another number of meters.
  package func bounded() throws(FleetStoreError) -> SyncRequest {
    guard 1...FleetBounds.metersMax ~= meters.count, bundles.count <= FleetBounds.bundlesMax,
      credits.count <= FleetBounds.creditsMax, bundles.allSatisfy({ $0.count == meters.count })
    else {
      throw FleetStoreError(
        .request,
        """
        A sync has 1 to \(FleetBounds.metersMax) meters, at most \(FleetBounds.bundlesMax) bundles with an amount for each meter, \
        and at most \(FleetBounds.creditsMax) credits; send fewer.
        """)
    }
    var request = self
    request.member = FleetName.encode(member)
    request.sequence = sequence.bounded(0, FleetBounds.integerMax)
    request.weight = weight.bounded(1, FleetBounds.weightMax)
    request.horizon = horizon.bounded(0, FleetBounds.horizonMax)
    request.version = version.bounded(0, FleetBounds.integerMax)
    request.meters = meters.map { $0.bounded() }
    request.fallback = fallback.bounded(-FleetBounds.owedMax, FleetBounds.owedMax)
    request.share = share.bounded(0, FleetBounds.shareMax)
    request.hintEpoch = hintEpoch.bounded(0, FleetBounds.timeMax)
    request.credits = credits.map {
      Credit(slot: $0.slot.bounded(0, FleetBounds.timeMax), units: $0.units.bounded(0, FleetBounds.unitsMax))
    }
    request.bundles = bundles.map { $0.map { $0.bounded(0, FleetBounds.unitsMax) } }
    return request
  }
}

extension SyncRequest.Meter {
  fileprivate func bounded() -> SyncRequest.Meter {
    SyncRequest.Meter(
      FleetLimit(
        limit.kind, rate: limit.rate.bounded(0, FleetBounds.unitsMax), capacity: limit.capacity.bounded(0, FleetBounds.unitsMax),
        burst: limit.burst.bounded(0, FleetBounds.unitsMax)),
      // Requests in flight can't be fewer than none; a negative number would stay lost when the member dies.
      owed: owed.bounded(limit.kind == .concurrency ? 0 : -FleetBounds.owedMax, FleetBounds.owedMax),
      hintLevel: hintLevel.bounded(FleetBounds.levelMin, -FleetBounds.levelMin))
  }
}

extension FleetAmount {
  fileprivate func bounded(_ low: Int64, _ high: Int64) -> FleetAmount {
    FleetAmount(reserved: reserved.bounded(low, high), predicted: predicted.bounded(low, high))
  }
}
