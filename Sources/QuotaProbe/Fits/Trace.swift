/// The data to which a candidate is fitted: the answered trials in the order of sending, in one unit, and the most informative
/// answers.
///
/// Times are seconds since the first trial; amounts are multiples of ``scale``, so that a typical trial costs about 1.
struct Trace: Sendable {
  enum Unit: String, Sendable {
    case requests, tokens

    var other: Unit { self == .requests ? .tokens : .requests }
  }

  struct Item: Sendable {
    var time: Double
    var answeredAt: Double
    /// The amount reserved when it started; 0 if it was throttled.
    var reserved: Double
    /// The amount kept when it ended.
    var kept: Double
    /// The amount that it asked for.
    var asked: Double
  }

  /// An answer that a candidate has to explain.
  struct Row: Sendable {
    /// Index of an item.
    var item: Int
    var isAccepted: Bool
    /// The number of similar answers for which this one stands.
    var weight: Double
  }

  let unit: Unit
  /// Requests or quota tokens in one amount.
  let scale: Double
  private(set) var items: [Item] = []
  private(set) var rows: [Row] = []
  /// Indices of items in the order of their answers.
  private(set) var answers: [Int] = []

  /// - Parameters:
  ///   - ignoresNames: whether to ignore which quota a 429 names.
  ///   - rowsMax: the most ``rows``.
  init(_ log: TrialLog, unit: Unit, ignoresNames: Bool = false, rowsMax: Int = Tuning.Fits.rowsMax) {
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
      } else if ignoresNames ? entry.isThrottled : entry.isThrottled(in: unit) {
        candidates.append(Row(item: index, isAccepted: false, weight: 1))
      }
    }
    answers = log.answered.filter { $0 < log.resolved }
    rows = Self.thinned(candidates, to: rowsMax)
  }

  private static func item(_ entry: TrialLog.Entry, unit: Unit, scale: Double, start: Int64) -> Item {
    // A trial that failed in the service has counted as a request, and has given its tokens back.
    let counts = entry.isAccepted || (unit == .requests && entry.state == .failed)
    let asked = unit == .requests ? 1 : Double(entry.reserved) / scale
    let kept = unit == .requests ? 1 : Double(entry.final) / scale
    return Item(
      time: Double(entry.sentAt - start) / 1e9, answeredAt: Double(entry.answeredAt - start) / 1e9,
      reserved: counts ? asked : 0, kept: counts ? kept : 0, asked: asked)
  }

  /// Keeps what lies near a change from accepted to throttled or back, and a few of the rest.
  private static func thinned(_ all: [Row], to rowsMax: Int) -> [Row] {
    let (reach, far) = (Tuning.Fits.nearRows, Tuning.Fits.farRows)
    var isNear = [Bool](repeating: false, count: all.count)
    for index in all.indices.dropFirst() where all[index].isAccepted != all[index - 1].isAccepted {
      for near in max(0, index - reach)..<min(all.count, index + reach) { isNear[near] = true }
    }
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
      // The index is shifted by multiples of the golden ratio, so that it can't coincide with a pattern in the answers.
      let shift = (Double(place) * Tuning.goldenFraction).truncatingRemainder(dividingBy: 1)
      var row = kept[min(Int((Double(place) + shift) * step), kept.count - 1)]
      row.weight *= step
      return row
    }
  }
}

extension TrialLog.Entry {
  /// Whether it was throttled for what the unit counts, or for a quota that isn't named.
  func isThrottled(in unit: Trace.Unit) -> Bool {
    switch state {
    case .throttled(.requests): unit == .requests
    case .throttled(.tokens): unit == .tokens
    case .throttled(.unknown): true
    default: false
    }
  }
}
