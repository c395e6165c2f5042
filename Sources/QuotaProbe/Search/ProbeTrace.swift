/// What a candidate is judged by: the answered requests in the order of sending, in one unit, and the instants that tell most.
///
/// Times are seconds since the first request; amounts are in multiples of ``scale``, so that a usual request costs about 1.
struct ProbeTrace: Sendable {
  enum Unit: String, Sendable {
    case requests, tokens

    var other: Unit { self == .requests ? .tokens : .requests }
  }

  struct Item: Sendable {
    var time: Double
    var answeredAt: Double
    /// Taken when it starts; 0 where it was refused.
    var taken: Double
    /// Kept when it has ended.
    var kept: Double
    /// What it asked for.
    var asked: Double
  }

  /// An answer that a candidate has to explain.
  struct Row: Sendable {
    var item: Int
    var isAccepted: Bool
    /// How many like it this one stands for.
    var weight: Double
  }

  let unit: Unit
  /// Requests or tokens that one unit of amount stands for.
  let scale: Double
  private(set) var items: [Item] = []
  private(set) var rows: [Row] = []
  /// The items in the order of their answers.
  private(set) var answers: [Int] = []

  /// More rows than this tell nothing more.
  static let rowsMax = 900

  /// - Parameters:
  ///   - isDeaf: takes no notice of what refusals say they are for.
  ///   - rowsMax: the most ``rows``.
  init(_ log: ProbeLog, unit: Unit, isDeaf: Bool = false, rowsMax: Int = Self.rowsMax) {
    self.unit = unit
    let start = log.startedAt
    let known = log.entries[..<log.resolved]
    let sizes = known.reduce(0.0) { $0 + Double($1.reserved) }
    scale = unit == .requests || known.isEmpty ? 1 : max(sizes / Double(known.count), 1)
    items.reserveCapacity(known.count)
    var candidates: [Row] = []
    for (index, entry) in known.enumerated() {
      items.append(Self.item(entry, unit: unit, scale: scale, start: start))
      if entry.state == .accepted {
        candidates.append(Row(item: index, isAccepted: true, weight: 1))
      } else if isDeaf ? entry.isThrottled : entry.isThrottled(in: unit) {
        candidates.append(Row(item: index, isAccepted: false, weight: 1))
      }
    }
    answers = log.answered.filter { $0 < log.resolved }
    rows = Self.thinned(candidates, to: rowsMax)
  }

  private static func item(_ entry: ProbeLog.Entry, unit: Unit, scale: Double, start: Int64) -> Item {
    // A request that failed in the service has been counted, and has given its tokens back.
    let counts = entry.isTaken || (unit == .requests && entry.state == .failed)
    let asked = unit == .requests ? 1 : Double(entry.reserved) / scale
    let kept = unit == .requests ? 1 : Double(entry.final) / scale
    return Item(
      time: Double(entry.sentAt - start) / 1e9, answeredAt: Double(entry.answeredAt - start) / 1e9, taken: counts ? asked : 0,
      kept: counts ? kept : 0, asked: asked)
  }

  /// Keeps what lies near a change from taking to refusing, and a few of the rest.
  private static func thinned(_ all: [Row], to rowsMax: Int) -> [Row] {
    var isNear = [Bool](repeating: false, count: all.count)
    for index in all.indices.dropFirst() where all[index].isAccepted != all[index - 1].isAccepted {
      for near in max(0, index - 8)..<min(all.count, index + 8) { isNear[near] = true }
    }
    let far = 32
    var kept: [Row] = []
    for (index, row) in all.enumerated() {
      if isNear[index] {
        kept.append(row)
      } else if index % far == 0 {
        kept.append(Row(item: row.item, isAccepted: row.isAccepted, weight: Double(far)))
      }
    }
    guard kept.count > rowsMax else { return kept }
    let step = Double(kept.count) / Double(rowsMax)
    return (0..<rowsMax).map { place in
      // Out of step with any pattern of the answers: the golden ratio's multiples lie evenly and never come round.
      let shift = (Double(place) * 0.618_033_988_75).truncatingRemainder(dividingBy: 1)
      var row = kept[min(Int((Double(place) + shift) * step), kept.count - 1)]
      row.weight *= step
      return row
    }
  }
}

extension ProbeLog.Entry {
  /// Whether it was refused for what the unit counts, or for nothing that is named.
  func isThrottled(in unit: ProbeTrace.Unit) -> Bool {
    switch state {
    case .throttled(.requests): unit == .requests
    case .throttled(.tokens): unit == .tokens
    case .throttled(.unknown): true
    default: false
    }
  }
}
