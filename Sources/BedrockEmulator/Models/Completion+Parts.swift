import AWSWire

extension Completion {
  /// The tool that the reply calls; nil if it is text.
  var calledTool: String? { stop == .toolUse ? input.forcedTool ?? "tool" : nil }

  /// The stop reason of families that have only two.
  var lengthOrStop: JSONValue { stop == .maxTokens ? "length" : "stop" }

  /// The stop reason in Anthropic's words, which Nova and Converse use too.
  var stopWord: JSONValue {
    switch stop {
    case .endTurn: "end_turn"
    case .maxTokens: "max_tokens"
    case .stopSequence: "stop_sequence"
    case .toolUse: "tool_use"
    }
  }

  /// A UUID that follows from the seed, different for each `index`.
  func uuid(_ index: UInt64 = 0) -> String {
    var generator = SplitMix64(seed: seed &+ index)
    let digits = [generator.next(), generator.next()].map { value in
      let hex = String(value, radix: 16)
      return String(repeating: "0", count: 16 - hex.count) + hex
    }.joined()
    var uuid = ""
    for (position, digit) in digits.enumerated() {
      if [8, 12, 16, 20].contains(position) { uuid.append("-") }
      uuid.append(position == 12 ? "4" : position == 16 ? "a" : digit)
    }
    return uuid
  }

  /// The unit vectors that the request asks for.
  func vectors() -> [[Double]] {
    guard case .embeddings(let count, let dimensions) = input.work else { return [] }
    var generator = SplitMix64(seed: seed)
    return (0..<count).map { _ in generator.unitVector(dimensions: dimensions) }
  }
}

extension JSONValue {
  init(_ numbers: [Double]) { self = .array(numbers.map { .number($0) }) }
  init(_ numbers: [Int]) { self = .array(numbers.map { .integer($0) }) }
}
