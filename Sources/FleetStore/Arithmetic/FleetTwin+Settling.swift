extension FleetTwin {
  /// Brings the levels in line with what the member says it owes.
  ///
  /// A grant whose reply got lost is missing in the member's sum, and comes back. A booking that the store lost is in the member's
  /// sum, and is taken again.
  /// - Parameter known: nil if the store doesn't know the member; then its sums are taken as they are.
  mutating func settle(
    _ known: FleetRecord?, _ request: SyncRequest, at now: Int64, _ state: inout FleetState
  ) -> FleetRecord {
    var record: FleetRecord
    if let known {
      record = known
      credit(known, request, &state)
    } else {
      record = FleetRecord(meters: state.meters.count)
      record.tag = state.virtualTime
      // The store is younger than the member: the lower level is believed.
      if request.hintEpoch != 0, request.hintEpoch != state.epoch, now - state.epoch < Self.learningMilliseconds {
        for (index, meter) in request.meters.enumerated() { state.meters[index].believe(meter.hintLevel) }
      }
    }
    record.owed = request.meters.map(\.owed)
    record.fallback = request.fallback
    return record
  }

  private mutating func credit(_ known: FleetRecord, _ request: SyncRequest, _ state: inout FleetState) {
    for (index, meter) in request.meters.enumerated() {
      let was = known.owed[index]
      state.meters[index].credit(
        FleetAmount(reserved: was.reserved - meter.owed.reserved, predicted: was.predicted - meter.owed.predicted))
    }
    let more = request.fallback - known.fallback
    state.meters[0].enter(fallback: more)
    guard request.isStrict else { return }
    window.settle(known.owed[0].reserved - request.meters[0].owed.reserved, credits: request.credits, &state)
    window.add(more, to: state.newestSlot, &state)
  }
}
