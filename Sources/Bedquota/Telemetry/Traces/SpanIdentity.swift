import AWSWire
package import Tracing

/// The ids by which programs name a span to each other.
package struct SpanIdentity: Sendable, Hashable {
  /// The two halves of the trace's id, which aren't both 0.
  package let high: UInt64
  package let low: UInt64
  /// Not 0.
  package let span: UInt64
  /// As `traceparent` has them: 1 is sampled, 2 says that the trace's id is random.
  package let flags: UInt8
  /// What other tracing systems added; nil: none.
  package let state: String?
  /// Whether it came from another program.
  package let isRemote: Bool

  package static let sampled: UInt8 = 1
  static let random: UInt8 = 2

  package init(high: UInt64, low: UInt64, span: UInt64, flags: UInt8, state: String? = nil, isRemote: Bool = false) {
    (self.high, self.low, self.span) = (high, low, span)
    (self.flags, self.state, self.isRemote) = (flags, state, isRemote)
  }

  package var isSampled: Bool { flags & Self.sampled != 0 }
  /// 32 hexadecimal digits.
  package var traceID: String { Self.hex(high) + Self.hex(low) }
  /// 16 hexadecimal digits.
  package var spanID: String { Self.hex(span) }

  /// The `flags` of a link: whether the span is of another program, as two bits above those of `traceparent`.
  var protobufFlags: Int { Int(flags) | 0x100 | (isRemote ? 0x200 : 0) }

  private static func hex(_ value: UInt64) -> String {
    Hex.encode((0..<8).map { UInt8(truncatingIfNeeded: value >> UInt64(56 - 8 * $0)) })
  }

  /// A number for an id.
  static func newID() -> UInt64 { .random(in: 1 ... .max) }
}

private enum SpanIdentityKey: ServiceContextKey {
  typealias Value = SpanIdentity
}

extension ServiceContext {
  /// The span that what happens in this context is part of.
  package var spanIdentity: SpanIdentity? {
    get { self[SpanIdentityKey.self] }
    set { self[SpanIdentityKey.self] = newValue }
  }
}
