import AWSWire

/// Decodes many streams and checks what must hold for each of them.
struct Trial {
  private var mutator: Mutator
  private(set) var tally = Tally()

  init(seed: UInt64) { mutator = Mutator(seed: seed) }

  /// - Returns: the first stream for which a check failed, and the check.
  mutating func run(_ count: Int) -> String? {
    for _ in 0..<count {
      let stream = mutator.next()
      let whole = Reading(stream)
      tally.count(whole, of: stream)
      if let problem = problem(stream, whole) { return "\(problem)\n\(Hex.encode(stream))" }
    }
    return nil
  }

  private mutating func problem(_ stream: [UInt8], _ whole: Reading) -> String? {
    if !whole.encoded.elementsEqual(stream[..<whole.consumed]) { return "what was decoded is encoded in another way" }
    if Reading(stream, &mutator.random) != whole { return "pieces are read in another way than the whole" }
    return nil
  }
}
