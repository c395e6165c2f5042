/// Cuts AWS's event streams into frames, from pieces of any size. A frame that lies in one piece isn't copied.
struct EventFrameCutter: Sendable {
  enum Part {
    /// A frame, in the bytes that were given.
    case whole(UnsafeRawBufferPointer)
    /// A frame that was cut.
    case joined([UInt8])
    /// So many bytes of a frame that is too long to be read.
    case passed(Int)
  }

  /// A frame beyond this isn't kept: no event that tells of usage is nearly as long.
  static let frameBytesMax = 1_024 * 1_024
  /// The longest frame that the format allows, with room for its headers.
  private static let totalMax = 24 * 1_024 * 1_024 + 128 * 1_024 + EventFrame.overhead

  /// The beginning of a frame.
  private var pending: [UInt8] = []
  /// What is still to come of a frame that is too long.
  private var left = 0
  /// Whether a length was impossible, so that nothing that follows can be read.
  private(set) var isDamaged = false

  /// Whether the bytes so far end with a frame, so that another one may follow them.
  var isAtBoundary: Bool { pending.isEmpty && left == 0 && !isDamaged }

  /// Takes the next part from the beginning of the bytes; nil if they are used up.
  mutating func next(_ rest: inout UnsafeRawBufferPointer) -> Part? {
    guard !isDamaged, !rest.isEmpty else { return nil }
    if left > 0 {
      let count = min(left, rest.count)
      left -= count
      rest = rest.rest(from: count)
      return .passed(count)
    }
    if pending.isEmpty, rest.count >= EventFrame.preludeBytes {
      guard let total = Self.total(rest) else {
        isDamaged = true
        return nil
      }
      if total > Self.frameBytesMax {
        left = total
        return next(&rest)
      }
      if rest.count >= total {
        defer { rest = rest.rest(from: total) }
        return .whole(UnsafeRawBufferPointer(rebasing: rest[..<total]))
      }
    }
    return join(&rest)
  }

  /// Adds to the beginning of a frame as much as it still needs.
  private mutating func join(_ rest: inout UnsafeRawBufferPointer) -> Part? {
    if pending.count < EventFrame.preludeBytes { take(EventFrame.preludeBytes - pending.count, from: &rest) }
    guard pending.count >= EventFrame.preludeBytes else { return nil }
    guard let total = pending.withUnsafeBytes(Self.total) else {
      isDamaged = true
      return nil
    }
    guard total <= Self.frameBytesMax else {
      let count = pending.count
      pending = []
      left = total - count
      return .passed(count)
    }
    take(total - pending.count, from: &rest)
    guard pending.count == total else { return nil }
    defer { pending = [] }
    return .joined(pending)
  }

  private mutating func take(_ count: Int, from rest: inout UnsafeRawBufferPointer) {
    pending.append(contentsOf: rest.prefix(count))
    rest = rest.rest(from: min(count, rest.count))
  }

  /// The length of a frame; nil if it is impossible.
  private static func total(_ head: UnsafeRawBufferPointer) -> Int? {
    let (total, headers) = (EventFrame.number(head, at: 0), EventFrame.number(head, at: 4))
    guard total <= totalMax, total >= EventFrame.overhead + headers else { return nil }
    return total
  }
}

extension UnsafeRawBufferPointer {
  fileprivate func rest(from index: Int) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: self[index...]) }
}
