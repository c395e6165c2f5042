/// A figure of a fact: a whole number, or a range where sources disagree, which the file writes as `[low, high]`.
struct FactFigure: Decodable, Sendable, Equatable {
  /// From the lowest to the highest figure that a source gives.
  let range: ClosedRange<Int>

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let exact = try? container.decode(Int.self) {
      range = exact...exact
      return
    }
    let bounds = try container.decode([Int].self)
    guard bounds.count == 2, bounds[0] < bounds[1] else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "A range is [low, high], the lower figure first.")
    }
    range = bounds[0]...bounds[1]
  }

  /// nil if sources disagree.
  var exact: Int? { range.isExact ? range.lowerBound : nil }

  /// nil if sources agree.
  var disputed: ClosedRange<Int>? { range.isExact ? nil : range }
}

extension ClosedRange<Int> {
  /// Whether it is one figure. `count` would trap for the widest ranges that a file can hold.
  package var isExact: Bool { lowerBound == upperBound }
}
