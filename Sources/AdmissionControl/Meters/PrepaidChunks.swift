import DequeModule

/// Units that a store has granted to this process, in chunks. Each may be used from its start until it expires.
///
/// Chunks are spent in the order of their starts. Units that requests give back don't become free here, because other processes
/// may need them more. They lower ``owed``, which the store reads at the next exchange. The store refills by the clock, sets the
/// limit and keeps the debt, so this source does none of that.
///
/// Like ``Meter``, this is pure arithmetic over integers. The following always holds, up to the wrapping of 64 bits:
/// `owed = chunks not used yet + amounts of requests in flight + final costs of ended requests + amounts taken by lower(to:at:)`.
package struct PrepaidChunks: LimitSource, Equatable {
  /// Units that may be used during a span of time.
  package struct Chunk: Sendable, Equatable {
    /// Micro-units left.
    package fileprivate(set) var micros: Int64
    /// Nanoseconds of the limiter's clock.
    package let startsAt: Int64
    /// Nanoseconds of the limiter's clock. Units left at that time go back to the store.
    package let expiresAt: Int64

    /// - Parameter micros: micro-units, clamped to 0 to ``microsMax``.
    package init(micros: Int64, startsAt: Int64, expiresAt: Int64) {
      self.micros = min(max(micros, 0), Self.microsMax)
      self.startsAt = startsAt
      self.expiresAt = expiresAt
    }

    /// The largest chunk, in micro-units. It exceeds the needs of any request, and ``PrepaidChunks/chunksMax`` of them fit in 64
    /// bits.
    package static let microsMax = Amounts.tokensMax * Meter.micro
  }

  /// The most chunks at a time. A store bundles the requests of a process, so a process usually has only a handful.
  package static let chunksMax = 1_024

  /// Micro-units that can be used now. Negative after a ``debit(_:)`` of more than the level: the next chunks pay for it.
  package private(set) var level: Int64 = 0
  /// Unlimited: a store grants every request in full, so no request needs a debt here.
  package var capacity: Int64 { .max }
  /// Micro-units that this process has drawn from the store since its start and not given back. It grows with every final cost,
  /// so only the difference between two times is meaningful.
  package private(set) var owed: Int64 = 0
  /// In the order of their starts; the first ``started`` of them count in ``level``.
  private var chunks = Deque<Chunk>()
  private var started = 0
  private var updatedAt: Int64

  package init(at now: Int64) { updatedAt = now }

  /// Whether no more chunks are accepted.
  package var isFull: Bool { chunks.count >= Self.chunksMax }

  /// Adds a chunk that the store has granted. A chunk beyond ``chunksMax`` is dropped, and isn't owed.
  package mutating func grant(_ chunk: Chunk, at now: Int64) {
    refill(at: now)
    guard !isFull, chunk.micros > 0 else { return }
    owed &+= chunk.micros
    let place = chunks[started...].firstIndex { $0.startsAt > chunk.startsAt } ?? chunks.endIndex
    chunks.insert(chunk, at: place)
    start()
  }

  /// Starts chunks whose time has come, and gives back those that have expired.
  package mutating func refill(at now: Int64) {
    guard now > updatedAt else { return }
    updatedAt = now
    start()
  }

  private mutating func start() {
    while started < chunks.count, chunks[started].startsAt <= updatedAt {
      level += chunks[started].micros
      started += 1
    }
    payDebt()
    var index = 0
    while index < started {
      guard chunks[index].expiresAt <= updatedAt else {
        index += 1
        continue
      }
      level -= chunks[index].micros
      owed &-= chunks[index].micros
      chunks.remove(at: index)
      started -= 1
    }
  }

  /// Spends started chunks until they hold no more than the level.
  private mutating func payDebt() {
    var surplus = chunks.prefix(started).reduce(0) { $0 + $1.micros } - max(level, 0)
    while surplus > 0, started > 0 {
      let paid = min(surplus, chunks[0].micros)
      chunks[0].micros -= paid
      surplus -= paid
      guard chunks[0].micros == 0 else { break }
      chunks.removeFirst()
      started -= 1
    }
  }

  package mutating func take(_ micros: Int64, at now: Int64) -> Bool {
    refill(at: now)
    guard level >= micros else { return false }
    debit(micros)
    return true
  }

  package mutating func debit(_ micros: Int64) {
    level = level < -Chunk.microsMax &+ micros ? -Chunk.microsMax : level - micros
    payDebt()
  }

  /// Gives an amount back to the store. A negative amount is drawn from it.
  package mutating func credit(_ micros: Int64, at now: Int64) {
    refill(at: now)
    owed &-= micros
  }

  package mutating func lower(to micros: Int64, at now: Int64) {
    refill(at: now)
    if level > micros { debit(level - max(micros, -Chunk.microsMax)) }
  }

  /// Gives back all units that are not used yet.
  package mutating func giveBack(at now: Int64) {
    refill(at: now)
    owed &-= chunks.reduce(0) { $0 + $1.micros }
    chunks.removeAll()
    started = 0
    level = min(level, 0)
  }

  /// Only refills, because the store knows the limit.
  package mutating func set(rate: Int64, capacity: Int64, at now: Int64) { refill(at: now) }

  /// Only refills, because the store knows the limit.
  package mutating func replace(rate: Int64, capacity: Int64, at now: Int64) { refill(at: now) }

  /// Nanoseconds until the granted chunks suffice; nil if they never do, so that only a new grant can help.
  package func wait(for micros: Int64) -> Int64? {
    guard micros > level else { return 0 }
    var later = self
    while later.started < later.chunks.count {
      later.refill(at: later.chunks[later.started].startsAt)
      if later.level >= micros { return later.updatedAt - updatedAt }
    }
    return nil
  }
}
