/// The stored form of a state or a record: integers with single spaces.
///
/// A damaged text is refused, since a store that took it for empty would hand out the quota again.
struct FleetText {
  private static let bytesMax = 4_096
  private var numbers: [Int64] = []
  private var position = 0
  /// What the text is, for messages.
  private let what: String

  /// - Parameter what: what the text is, such as `state`.
  init(_ text: String, of what: String) throws(FleetStoreError) {
    self.what = what
    guard text.utf8.count <= Self.bytesMax else { throw .corrupt(what) }
    for word in text.split(separator: " ") {
      guard let number = Int64(word), -FleetBounds.integerMax...FleetBounds.integerMax ~= number, !word.hasPrefix("+") else {
        throw .corrupt(what)
      }
      numbers.append(number)
    }
  }

  var count: Int { numbers.count }
  var first: Int64? { numbers.first }

  /// The next number, which must be in its range.
  mutating func take(_ low: Int64, _ high: Int64) throws(FleetStoreError) -> Int64 {
    guard position < numbers.count, low...high ~= numbers[position] else { throw .corrupt(what) }
    position += 1
    return numbers[position - 1]
  }
}

extension FleetStoreError {
  /// - Parameter what: the stored thing, such as `state` or `member 9f86/0`.
  package static func corrupt(_ what: String) -> FleetStoreError {
    FleetStoreError(
      .corrupt,
      """
      The fleet's \(what) in the store is damaged; look who else writes there, then delete the scope's keys.
      """)
  }

  /// - Parameter version: the version that the store's keys have.
  package static func protocolVersion(_ version: Int64) -> FleetStoreError {
    FleetStoreError(
      .protocolVersion,
      """
      The fleet's members in this scope speak protocol \(version), and this program speaks \(FleetState.protocolVersion); run \
      the same version of bedquota everywhere, or give this program a prefix of its own.
      """)
  }
}
