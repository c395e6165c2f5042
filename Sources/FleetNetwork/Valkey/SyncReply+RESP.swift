import FleetStore

extension SyncReply {
  /// - Parameters:
  ///   - meters: how many meters the request had.
  ///   - bundles: how many bundles the request had.
  /// - Throws: `FleetStoreError` (`response`) if it is no answer to such a request.
  init(_ reply: RESPValue, meters: Int, bundles: Int) throws(FleetStoreError) {
    guard let parts = reply.elements, let first = parts.first?.integer else { throw .badAnswer }
    let numbers = parts.map(\.integer)
    if first == 0, parts.count == 3, let epoch = numbers[1], let now = numbers[2] {
      self = .duplicate(epoch: epoch, now: now)
      return
    }
    guard first == 1, parts.count == 13, let epoch = numbers[1], let now = numbers[2], let granted = numbers[3],
      let wait = numbers[4], let members = numbers[5], let waiting = numbers[6], let total = numbers[7], let slot = numbers[8],
      let version = numbers[9], let levels = Self.integers(parts[10]), let delays = Self.integers(parts[11]),
      let limits = Self.integers(parts[12])
    else { throw .badAnswer }
    guard levels.count == meters, Int64(delays.count) == granted, delays.count <= bundles,
      [0, 3 * meters].contains(limits.count)
    else { throw .badAnswer }
    let answer = Answer(
      epoch: epoch, now: now, delays: delays, wait: wait, members: members, waiting: waiting, total: total, slot: slot,
      version: version, levels: levels,
      limits: stride(from: 0, to: limits.count, by: 3).map { index in
        Limit(rate: limits[index], capacity: limits[index + 1], burst: limits[index + 2])
      })
    guard answer.isPossible else { throw .badAnswer }
    self = .answer(answer)
  }

  private static func integers(_ value: RESPValue) -> [Int64]? {
    guard let elements = value.elements else { return nil }
    let numbers = elements.compactMap(\.integer)
    return numbers.count == elements.count ? numbers : nil
  }
}

extension FleetStoreError {
  static let badAnswer = FleetStoreError(
    .response,
    "The fleet's store gave an answer that is none; look whether a proxy changes replies, or other programs use its keys.")

  /// A refusal of the script.
  /// - Parameter words: what follows `BEDQUOTA`, such as `corrupt state`.
  static func refusal(_ words: String) -> FleetStoreError {
    let parts = words.split(separator: " ", maxSplits: 1)
    let rest = parts.count > 1 ? String(parts[1]) : ""
    switch parts.first {
    case "protocol": return .protocolVersion(Int64(rest) ?? 0)
    case "meters": return .meters(Int(rest) ?? 0)
    case "kinds": return .meterKinds
    case "corrupt": return .corrupt(rest)
    default: return FleetStoreError(.response, "The fleet's store refused a sync: \(words).")
    }
  }
}
