/// The records that have a result in the output. A record is counted as often as it has one, because an input may hold it twice.
struct DoneRecords: Sendable, Equatable {
  /// Results whose record the journal names.
  private var known: [RecordKey: Int] = [:]
  /// Results of which only the id is known, because the journal is damaged or older than the output.
  private var byID: [UInt64: Int] = [:]

  var isEmpty: Bool { known.isEmpty && byID.isEmpty }
  var count: Int { known.values.reduce(0, +) + byID.values.reduce(0, +) }

  /// - Parameter body: nil if it isn't known.
  mutating func insert(id: UInt64, body: UInt64?) {
    if let body {
      known[RecordKey(id: id, body: body), default: 0] += 1
    } else {
      byID[id, default: 0] += 1
    }
  }

  /// Takes one result of a record out of the set.
  /// - Returns: whether there was one.
  mutating func take(_ key: RecordKey) -> Bool {
    if let left = known[key] {
      known[key] = left > 1 ? left - 1 : nil
      return true
    }
    if let left = byID[key.id] {
      byID[key.id] = left > 1 ? left - 1 : nil
      return true
    }
    return false
  }

  /// Takes all results of a record out of the set.
  mutating func removeAll(_ key: RecordKey) {
    known[key] = nil
    byID[key.id] = nil
  }
}
