/// How many members wait, and how many there are, without a list of them.
///
/// A member counts itself once in each span of 30 s, when it writes anyway. One that writes less often counts itself for the
/// spans that it missed, so the sum of a span is right on average.
struct DynamoCensus: Sendable, Equatable {
  static let spanMilliseconds: Int64 = 30_000
  /// The most members that are counted.
  private static let membersMax: Int128 = 1_000_000
  /// The most attributes that one write removes, since DynamoDB bounds an expression.
  private static let oldMax = 20
  /// Spans for which a member that wrote seldom counts itself at once.
  static let missedMax: Int64 = 10

  /// Counts by span.
  private(set) var waiting: [Int64: Int64] = [:]
  private(set) var alive: [Int64: Int64] = [:]

  init() {}

  init(_ attributes: DynamoAttributes) {
    waiting = Self.counts(DynamoItem.Name.waiting, attributes)
    alive = Self.counts(DynamoItem.Name.alive, attributes)
  }

  private static func counts(_ letter: String, _ attributes: DynamoAttributes) -> [Int64: Int64] {
    var counts: [Int64: Int64] = [:]
    for (name, value) in attributes where name.hasPrefix(letter) && name.utf8.count > 1 {
      guard let span = Int64(name.dropFirst()), let count = value.number else { continue }
      // Anybody may have written anything there.
      counts[span] = Int64(min(max(count, 0), Self.membersMax))
    }
    return counts
  }

  static func span(at now: Int64) -> Int64 { now / spanMilliseconds }

  /// The larger one of this span, in which not all have counted themselves, and the last one.
  private static func count(_ counts: [Int64: Int64], at now: Int64) -> Int64 {
    let span = span(at: now)
    return max(counts[span] ?? 0, counts[span - 1] ?? 0, 0)
  }

  func waiting(at now: Int64) -> Int64 { Self.count(waiting, at: now) }
  func alive(at now: Int64) -> Int64 { Self.count(alive, at: now) }

  /// The attributes of spans that nobody looks at any more.
  func old(at now: Int64) -> [String] {
    let first = Self.span(at: now) - 1
    let names =
      waiting.keys.filter { $0 < first }.map { "\(DynamoItem.Name.waiting)\($0)" }
      + alive.keys.filter { $0 < first }.map { "\(DynamoItem.Name.alive)\($0)" }
    return Array(names.prefix(Self.oldMax))
  }
}

/// The spans in which one member has counted itself.
struct DynamoPresence: Sendable, Equatable {
  /// The last span; nil: it isn't counted.
  private(set) var span: Int64?

  /// What to add to the count of the present span.
  /// - Parameter isPresent: whether the member is to be counted.
  func change(_ isPresent: Bool, at now: Int64) -> Int64 {
    let present = DynamoCensus.span(at: now)
    guard isPresent else { return span == present ? -1 : 0 }
    // A clock that stepped back counts the member once more, which the next span forgets.
    guard let span, span <= present else { return 1 }
    return min(present - span, DynamoCensus.missedMax)
  }

  mutating func wrote(_ isPresent: Bool, at now: Int64) { span = isPresent ? DynamoCensus.span(at: now) : nil }
}
