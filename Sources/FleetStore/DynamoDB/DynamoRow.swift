/// What a member's row in a table says of it. It is for people only, and up to a minute old.
struct DynamoRow: Sendable, Equatable {
  /// The attribute that holds the numbers.
  private static let numbers = "r"
  /// Seconds that a row outlives its last change.
  private static let lifetime: Int64 = 3_600
  /// How often a member writes its row, in ms.
  static let interval: Int64 = 60_000

  var sequence: Int64
  /// When it was written, in ms since 1970.
  var writtenAt: Int64
  var weight: Int64
  var isWaiting: Bool
  var fallback: Int64
  var share: Int64
  var owed: [FleetAmount]

  init(_ request: SyncRequest, owed: [FleetAmount], isWaiting: Bool, at now: Int64) {
    sequence = request.sequence
    writtenAt = now
    weight = request.weight
    self.isWaiting = isWaiting
    fallback = request.fallback
    share = request.share
    self.owed = owed
  }

  var attributes: DynamoAttributes {
    var numbers: [Int64] = [sequence, writtenAt, weight, isWaiting ? 1 : 0, fallback, share]
    for amount in owed { numbers += [amount.reserved, amount.predicted] }
    return [
      Self.numbers: .text(numbers.map { String($0) }.joined(separator: " ")),
      DynamoItem.Name.expiry: .number(Int128(writtenAt / 1_000 + Self.lifetime)),
    ]
  }

  /// - Parameter name: of the member, encoded.
  /// - Throws: ``FleetStoreError`` (`corrupt`).
  init(_ attributes: DynamoAttributes, name: String) throws(FleetStoreError) {
    let what = "member \(name.prefix(FleetName.bytesMax))"
    guard let text = attributes[Self.numbers]?.text else { throw .corrupt(what) }
    var fields = try FleetText(text, of: what)
    let meters = (fields.count - 6) / 2
    guard fields.count == 6 + 2 * meters, 1...FleetBounds.metersMax ~= meters else { throw .corrupt(what) }
    sequence = try fields.take(0, FleetBounds.integerMax)
    writtenAt = try fields.take(0, FleetBounds.timeMax)
    weight = try fields.take(1, FleetBounds.weightMax)
    isWaiting = try fields.take(0, 1) == 1
    fallback = try fields.take(-FleetBounds.owedMax, FleetBounds.owedMax)
    share = try fields.take(0, FleetBounds.shareMax)
    owed = []
    for _ in 0..<meters {
      let reserved = try fields.take(-FleetBounds.recordedMax, FleetBounds.recordedMax)
      owed.append(
        FleetAmount(reserved: reserved, predicted: try fields.take(-FleetBounds.recordedMax, FleetBounds.recordedMax)))
    }
  }
}
