/// One member's side of a scope in a table, as a value without a network: what its next sync writes, and what it is answered.
///
/// The table knows no members. So what a member has told it is kept here, in the member's process, and every write adds the
/// difference to what the member owes now. Call ``begin(_:at:using:)``, do what the step says, report how it ended, and so on
/// until there is an answer.
package struct DynamoLedger: Sendable {
  package enum Step: Sendable, Equatable {
    /// Read the scope's item, then call ``read(_:at:using:)``.
    case read
    /// Write, then call ``wrote(_:at:using:)``, or ``lost()`` if it isn't known whether it was done.
    case write(DynamoUpdate)
    case answer(SyncReply)
  }

  /// A sync that has no answer yet.
  struct Attempt: Sendable {
    var request: SyncRequest
    /// Writes and reads so far.
    var steps = 0
    /// Whether the item was looked at during this sync.
    var hasLooked = false
    /// Whether bundles were refused, so that only the rest is written.
    var isRefused = false
    /// The write that would have been made without looking.
    var guess: DynamoUpdate?
    /// The write under way.
    var plan: DynamoPlan?
    /// Whether the member counts, after the write, as one that is there, and that waits.
    var presence: (alive: Bool, waiting: Bool) = (false, false)
    /// The member's turn before the sync.
    var turn: DynamoTurn
  }

  /// Steps of one sync. So many lose only against a flood of writers.
  static let stepsMax = 8
  /// How long a member that lost waits at most, in ms.
  static let givenUpMilliseconds: Int64 = 500
  /// A clock is compared with the service's at least this often, in ms; only successful replies tell the service's.
  ///
  /// It is also how late a member with nothing to write notices that the table is away, or has new limits.
  private static let lookMilliseconds: Int64 = 15_000

  /// The item as it was seen last; nil if there is none.
  package internal(set) var item: DynamoItem?
  /// The last item that there was.
  var lastItem: DynamoItem?
  /// When a successful reply had the item, in ms; nil: it must be read.
  var lookedAt: Int64?
  /// When any reply had it.
  var seenAt: Int64 = 0
  var sequence: Int64 = -1
  var record: DynamoRecord?
  var turn = DynamoTurn()
  var mean = DynamoCrowd.Mean()
  var others = DynamoOthers()
  /// What the member's requests reserve, in thousandths of their predicted cost.
  var ratio: Int64 = 1_000
  /// Whether the last guess of what the item is like was right. After a wrong one, it is looked at before the next write: that
  /// costs a tenth of a write, and a refused write costs a whole one.
  var guessesRight = true
  var alive = DynamoPresence()
  var waiting = DynamoPresence()
  var attempt: Attempt?
  /// When the member was written last, in ms.
  var writtenAt: Int64 = 0
  /// Since when the member has had something back that the table doesn't know of, in ms; nil: it has nothing.
  var untoldSince: Int64?
  /// What was answered last as granted to all, in microseconds of the quota. A total that fell would mean that the item was lost.
  var toldTotal: (epoch: Int64, total: Int64) = (0, 0)

  /// The number of the sync that has no answer yet.
  package var busyWith: Int64? { attempt?.request.sequence }

  package init() {}

  /// - Throws: ``FleetStoreError`` (`request`, `meters`, `configuration`).
  package mutating func begin(
    _ request: SyncRequest, at now: Int64, using dice: inout some RandomNumberGenerator
  ) throws(FleetStoreError) -> Step {
    let request = try request.bounded()
    guard !request.isStrict else { throw .strictOnDynamoDB }
    guard request.sequence > sequence else { return .answer(.duplicate(epoch: item?.epoch ?? 0, now: now)) }
    attempt = Attempt(request: request, turn: turn)
    guard let lookedAt, now - lookedAt < Self.lookMilliseconds, now >= lookedAt else { return look() }
    return try proceed(at: now, using: &dice)
  }

  private mutating func look() -> Step {
    attempt?.steps += 1
    return .read
  }

  package mutating func read(
    _ attributes: DynamoAttributes?, at now: Int64, using dice: inout some RandomNumberGenerator
  ) throws(FleetStoreError) -> Step {
    if let guess = attempt?.guess {
      if case .written = try guess.apply(to: attributes) { guessesRight = true } else { guessesRight = false }
    }
    try see(attributes, at: now)
    lookedAt = now
    return try proceed(at: now, using: &dice)
  }

  private mutating func see(_ attributes: DynamoAttributes?, at now: Int64) throws(FleetStoreError) {
    do {
      item = try attributes.map { attributes throws(FleetStoreError) in try DynamoItem(attributes) }
    } catch {
      (item, lookedAt, attempt) = (nil, nil, nil)
      throw error
    }
    if let item {
      // Other limits, or another item: waits that were found before say nothing.
      if let lastItem, lastItem.version != item.version || lastItem.epoch != item.epoch { turn = DynamoTurn() }
      lastItem = item
      mean.saw(item)
      others.saw(item.total, own: attempt?.plan?.cost ?? 0, at: now)
    }
    seenAt = now
    attempt?.hasLooked = true
  }

  package mutating func wrote(
    _ outcome: DynamoOutcome, at now: Int64, using dice: inout some RandomNumberGenerator
  ) throws(FleetStoreError) -> Step {
    switch outcome {
    case .written(let attributes):
      try see(attributes, at: now)
      lookedAt = now
      guard let attempt, let plan = attempt.plan, let item else { throw .lostItself }
      try item.check(attempt.request)
      self.attempt = nil
      sequence = attempt.request.sequence
      return .answer(.answer(written(item, attempt, plan)))
    case .refused(let attributes):
      if attempt?.hasLooked == false { guessesRight = false }
      attempt?.plan = nil
      try see(attributes, at: now)
      return try proceed(at: now, using: &dice)
    }
  }
}
