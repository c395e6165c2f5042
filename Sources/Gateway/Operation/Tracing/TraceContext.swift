import Bedquota

/// The context of a trace as W3C headers carry it from one program to the next.
///
/// Source: w3.org/TR/trace-context-2/
package struct TraceContext: Sendable, Equatable {
  /// The headers that carry it, in lower case.
  static let names = ["traceparent", "tracestate"]

  /// Valid, and as it came: who only passes it on changes neither its version nor its flags.
  package let traceparent: String
  private let identity: SpanIdentity

  /// - Parameter headers: of a request.
  /// - Returns: nil without a valid `traceparent`, or with two of them: then a trace begins here.
  package init?(_ headers: [(name: String, value: String)]) {
    var parents = Self.values(of: "traceparent", headers).makeIterator()
    guard let parent = parents.next(), parents.next() == nil else { return nil }
    let state = Self.values(of: "tracestate", headers).joined(separator: ",")
    guard let identity = SpanIdentity(traceparent: parent, tracestate: state) else { return nil }
    (traceparent, self.identity) = (parent, identity)
  }

  /// What other tracing systems added; nil: none, or not valid.
  package var tracestate: String? { identity.state }

  /// 32 hexadecimal digits.
  package var traceID: String { identity.traceID }

  /// As headers for the next program.
  package var headers: [(name: String, value: String)] {
    [("traceparent", traceparent)] + (tracestate.map { [("tracestate", $0)] } ?? [])
  }

  private static func values(of name: String, _ headers: [(name: String, value: String)]) -> [String] {
    headers.filter { $0.name.utf8.count == name.utf8.count && $0.name.lowercased() == name }.map(\.value)
  }
}
