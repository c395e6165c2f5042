extension DynamoPlan {
  /// What a member guesses, since the item doesn't say it.
  struct Guess: Sendable, Equatable {
    static let slackParts: Int128 = 100
    /// Others have at most one in this many parts of a limit back.
    static let untoldParts: Int128 = 20
    /// What others have taken since the item was seen, in microseconds of the quota.
    var taken: Int64 = 0
    /// What requests reserve, in thousandths of their predicted cost.
    var ratio: Int64 = 1_000
    /// Members besides this one that may have something back and not told yet, as this one had.
    var others: Int64 = 0
    /// Whether others write so often that this member's writes came too late.
    var isContended = false

    /// What a full meter may have too much, in units. Full meters are set, and not added to, which fails if anybody was faster.
    /// So it isn't worth it for the refill of the last moment.
    func slack(_ limit: FleetLimit) -> Int128 { isContended ? Int128(limit.capacity) / Self.slackParts : 0 }
  }
}
