package import Tracing

/// A span that has ended.
package struct FinishedSpan: Sendable {
  package struct Event: Sendable {
    package var name: String
    /// Unix nanoseconds.
    package var time: UInt64
    package var attributes: SpanAttributes
    package var droppedAttributes: Int

    package init(name: String, time: UInt64, attributes: SpanAttributes, droppedAttributes: Int = 0) {
      (self.name, self.time, self.attributes) = (name, time, attributes)
      self.droppedAttributes = droppedAttributes
    }
  }

  package struct Link: Sendable {
    package var identity: SpanIdentity
    package var attributes: SpanAttributes
    package var droppedAttributes: Int

    package init(identity: SpanIdentity, attributes: SpanAttributes, droppedAttributes: Int = 0) {
      (self.identity, self.attributes) = (identity, attributes)
      self.droppedAttributes = droppedAttributes
    }
  }

  package var name: String
  package var identity: SpanIdentity
  package var parent: SpanIdentity?
  package var kind: SpanKind
  /// Unix nanoseconds.
  package var start: UInt64
  package var end: UInt64
  package var attributes: SpanAttributes = [:]
  package var droppedAttributes = 0
  package var events: [Event] = []
  package var droppedEvents = 0
  package var links: [Link] = []
  package var droppedLinks = 0
  /// Nil: nobody said how it went.
  package var status: SpanStatus?

  package init(name: String, identity: SpanIdentity, parent: SpanIdentity? = nil, kind: SpanKind, start: UInt64, end: UInt64 = 0)
  {
    (self.name, self.identity, self.parent, self.kind) = (name, identity, parent, kind)
    (self.start, self.end) = (start, end)
  }

  /// Those of its own, and whether its parent is of another program.
  var flags: Int { Int(identity.flags) | 0x100 | (parent?.isRemote == true ? 0x200 : 0) }
}
