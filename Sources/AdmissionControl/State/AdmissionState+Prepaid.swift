/// A limiter whose units are granted by a store (``LimiterConfiguration/isPrepaid``).
extension AdmissionState {
  /// The store has granted a chunk.
  /// - Returns: false if the chunk was not accepted: the measure isn't limited or metered, or too many chunks are pending.
  @discardableResult
  package mutating func grant(_ chunk: PrepaidChunk, of measure: Measure, at time: Int64) -> Bool {
    advance(to: time)
    return gates.grant(chunk, of: measure, at: now)
  }

  /// Tells what may be expected of the store, for estimates of the wait.
  package mutating func expect(_ supply: PrepaidSupply, of measure: Measure) { gates.expect(supply, of: measure) }

  /// What this limiter owes the store, in micro-units; nil if the measure isn't prepaid.
  package func owed(_ measure: Measure) -> PrepaidDebt? { gates[measure]?.owed }

  /// Gives back all chunks that are not used yet, for example before the process ends.
  package mutating func giveBack(at time: Int64) {
    advance(to: time)
    gates.giveBack(at: now)
  }
}
