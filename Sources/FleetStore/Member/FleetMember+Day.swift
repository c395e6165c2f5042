/// What the service has refused because the tokens of the day are used up.
struct FleetDay: Sendable {
  /// When such a refusal came that the store doesn't know of yet; nil: there is none.
  fileprivate(set) var refusedAt: Int64?
  /// When the last one was acted on. Requests that were sent before say nothing new.
  fileprivate(set) var writtenOffAt = Int64.min
  /// What the store is being told to write off.
  fileprivate(set) var writeOff: Int64 = 0

  /// Whether the store has to be asked or told at once.
  var isOpen: Bool { refusedAt != nil || writeOff > 0 }
}

/// A daily quota that is used up although the store believes it free is used up for all members: docs/design/fleet.md, "A member".
extension FleetMember {
  private var dayMeter: Int? { limits.firstIndex { $0.kind == .day } }

  /// The service has refused a request because the tokens of the day are used up.
  /// - Parameter sentAt: when the request was sent.
  package mutating func dayIsUsedUp(sentAt: Int64, at now: Int64) {
    guard dayMeter != nil, day.refusedAt == nil, sentAt > day.writtenOffAt else { return }
    day.refusedAt = now
  }

  /// Writes off what the store has free, as its first answer after the refusal says: another member may have done it already.
  ///
  /// Two may do it at the same time. Then the later one finds a debt in the answer to its own word, which is what it wrote off too
  /// much, and takes that back.
  mutating func lookAtDay(_ exchange: Exchange, at now: Int64) {
    guard let meter = dayMeter, meter < levels.count else { return }
    if day.writeOff > 0 {
      guard exchange.isAll else { return }
      books.writeOff(-min(day.writeOff, max(-levels[meter], 0)), of: meter)
      day.writeOff = 0
    } else if let refusedAt = day.refusedAt, exchange.sentAt >= refusedAt {
      day.refusedAt = nil
      day.writtenOffAt = now
      day.writeOff = max(levels[meter], 0)
      books.writeOff(day.writeOff, of: meter)
    }
  }
}
