extension FleetRecord {
  /// The stored form, docs/design/fleet.md, "Keys": sequence, tag, due, fallback, weight, what it owes of each meter (reserved, then
  /// predicted), what it waits for (reserved of each meter, then the cost), and its share.
  var text: String {
    let numbers =
      [sequence, tag, due, fallback, weight] + owed.map(\.reserved) + owed.map(\.predicted) + nextReserved + [nextCost, share]
    return numbers.map(String.init).joined(separator: " ")
  }

  /// - Parameters:
  ///   - name: the member's encoded name.
  ///   - meters: how many meters the scope has.
  /// - Throws: ``FleetStoreError`` (`corrupt`).
  init(text: String, name: String, meters: Int) throws(FleetStoreError) {
    let what = "member \(name.prefix(FleetName.bytesMax))"
    var fields = try FleetText(text, of: what)
    guard fields.count == 7 + 3 * meters else { throw .corrupt(what) }
    self.init(meters: meters)
    sequence = try fields.take(0, FleetBounds.integerMax)
    tag = try fields.take(0, FleetBounds.integerMax)
    due = try fields.take(0, 2 * FleetBounds.timeMax)
    fallback = try fields.take(-FleetBounds.owedMax, FleetBounds.owedMax)
    weight = try fields.take(1, FleetBounds.weightMax)
    for index in owed.indices { owed[index].reserved = try fields.take(-FleetBounds.recordedMax, FleetBounds.recordedMax) }
    for index in owed.indices { owed[index].predicted = try fields.take(-FleetBounds.recordedMax, FleetBounds.recordedMax) }
    for index in nextReserved.indices { nextReserved[index] = try fields.take(0, FleetBounds.unitsMax) }
    nextCost = try fields.take(0, FleetBounds.costMax)
    share = try fields.take(0, FleetBounds.shareMax)
  }
}
