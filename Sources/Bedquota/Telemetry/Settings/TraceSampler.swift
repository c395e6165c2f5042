/// Decides which traces are recorded.
///
/// Source: opentelemetry.io/docs/specs/otel/trace/sdk/#built-in-samplers
package struct TraceSampler: Sendable, Equatable {
  package enum Root: Sendable, Equatable {
    case always
    case never
    /// A share from 0 to 1 of all traces, by their ids, so that every program of a trace decides alike.
    case ratio(Double)
  }

  /// Whether a span with a parent does as its parent does.
  package var followsParent = true
  package var root = Root.always

  package init(followsParent: Bool = true, root: Root = .always) {
    (self.followsParent, self.root) = (followsParent, root)
  }

  /// - Parameters:
  ///   - low: the lower half of the trace's id.
  ///   - parent: whether the parent is recorded; nil without one.
  package func samples(low: UInt64, parent: Bool?) -> Bool {
    if followsParent, let parent { return parent }
    switch root {
    case .always: return true
    case .never: return false
    // As OpenTelemetry for Go and Java compare; both give the same answer for the same id.
    case .ratio(let ratio): return ratio >= 1 || low >> 1 < UInt64(max(ratio, 0) * 0x1p63)
    }
  }
}
