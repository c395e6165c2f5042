/// The values that a label may have. Anything else becomes `other`, so that no stranger can make series.
package struct LabelSet: Sendable {
  package static let other = "other"
  /// The longest value that is taken over, in bytes. A model's ARN is shorter.
  private static let bytesMax = 256

  private var known: Set<String>
  private let valuesMax: Int
  private let isClosed: Bool

  /// A closed set.
  package init(_ values: some Sequence<String>) {
    known = Set(values)
    valuesMax = known.count
    isClosed = true
  }

  /// A set that takes in the first values that come.
  package init(firstOf valuesMax: Int) {
    known = []
    self.valuesMax = valuesMax
    isClosed = false
  }

  package mutating func label(_ value: String) -> String {
    if known.contains(value) { return value }
    guard !isClosed, known.count < valuesMax, !value.isEmpty, value.utf8.count <= Self.bytesMax else { return Self.other }
    known.insert(value)
    return value
  }
}
