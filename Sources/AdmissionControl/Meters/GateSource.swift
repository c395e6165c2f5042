/// The source of a gate: one of the two conformers of ``LimitSource``.
///
/// The struct has a field for each source, because the fast path changes the meter in place. An enum's payload would have to be
/// copied out and in, an existential would live on the heap, and a generic gate would be slow in every other module that runs an
/// ``AdmissionState``.
struct GateSource: LimitSource {
  /// The local source. It is neither used nor refilled if there are chunks.
  var meter: Meter
  private var chunks: PrepaidChunks?

  /// - Parameters:
  ///   - meter: the local source.
  ///   - isPrepaid: whether a store grants the units instead of the meter.
  init(_ meter: Meter, isPrepaid: Bool, at now: Int64) {
    self.meter = meter
    chunks = isPrepaid ? PrepaidChunks(at: now) : nil
  }

  var isPrepaid: Bool { chunks != nil }
  /// Micro-units; nil if the source is local.
  var owed: Int64? { chunks?.owed }
  var level: Int64 { chunks?.level ?? meter.level }
  var capacity: Int64 { chunks?.capacity ?? meter.capacity }

  /// Whether no more chunks are accepted.
  var isFull: Bool { chunks?.isFull ?? true }

  mutating func grant(_ chunk: PrepaidChunks.Chunk, at now: Int64) { chunks?.grant(chunk, at: now) }

  mutating func giveBack(at now: Int64) { chunks?.giveBack(at: now) }

  @inline(__always)
  mutating func refill(at now: Int64) {
    if chunks == nil { meter.refill(at: now) } else { chunks?.refill(at: now) }
  }

  mutating func take(_ micros: Int64, at now: Int64) -> Bool {
    if let isTaken = chunks?.take(micros, at: now) { return isTaken }
    return meter.take(micros, at: now)
  }

  @inline(__always)
  mutating func debit(_ micros: Int64) {
    if chunks == nil { meter.debit(micros) } else { chunks?.debit(micros) }
  }

  @inline(__always)
  mutating func credit(_ micros: Int64, at now: Int64) {
    if chunks == nil { meter.credit(micros, at: now) } else { chunks?.credit(micros, at: now) }
  }

  mutating func lower(to micros: Int64, at now: Int64) {
    if chunks == nil { meter.lower(to: micros, at: now) } else { chunks?.lower(to: micros, at: now) }
  }

  mutating func set(rate: Int64, capacity: Int64, at now: Int64) {
    if chunks == nil {
      meter.set(rate: rate, capacity: capacity, at: now)
    } else {
      chunks?.set(rate: rate, capacity: capacity, at: now)
    }
  }

  mutating func replace(rate: Int64, capacity: Int64, at now: Int64) {
    if chunks == nil {
      meter.replace(rate: rate, capacity: capacity, at: now)
    } else {
      chunks?.replace(rate: rate, capacity: capacity, at: now)
    }
  }

  func wait(for micros: Int64) -> Int64? {
    if let chunks { chunks.wait(for: micros) } else { meter.wait(for: micros) }
  }
}
