/// The context of a trace as W3C headers carry it from one program to the next.
///
/// Source: w3.org/TR/trace-context-2/
package struct TraceContext: Sendable, Equatable {
  /// Valid, and in the form of its own version.
  package let traceparent: String
  /// What other tracing systems added; nil: none, or not valid.
  package let tracestate: String?

  /// The longest `tracestate` that is passed on; the standard asks for at least 512 bytes.
  private static let stateBytesMax = 4_096

  /// - Parameter headers: of a request, with names in lower case.
  /// - Returns: nil without a valid `traceparent`, or with two of them: then a trace begins here.
  package init?(_ headers: [(name: String, value: String)]) {
    var parents = headers.lazy.filter { $0.name == "traceparent" }.map(\.value).makeIterator()
    guard let parent = parents.next(), parents.next() == nil, Self.isValid(parent) else { return nil }
    traceparent = parent
    let states = headers.lazy.filter { $0.name == "tracestate" }.map(\.value)
    let state = states.joined(separator: ",")
    tracestate = Self.isValidState(state) ? state : nil
  }

  /// 32 hexadecimal digits.
  package var traceID: String { String(traceparent.dropFirst(3).prefix(32)) }

  /// As headers for the next program.
  package var headers: [(name: String, value: String)] {
    [("traceparent", traceparent)] + (tracestate.map { [("tracestate", $0)] } ?? [])
  }

  /// `00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01`; later versions may have more behind it.
  private static func isValid(_ parent: String) -> Bool {
    let bytes = Array(parent.utf8)
    guard bytes.count >= 55, bytes.count <= 512, bytes[2] == dash, bytes[35] == dash, bytes[52] == dash else { return false }
    let (version, trace, span, flags) = (bytes[0..<2], bytes[3..<35], bytes[36..<52], bytes[53..<55])
    guard [version, trace, span, flags].allSatisfy({ $0.allSatisfy(isLowerHex) }) else { return false }
    // Zeros alone, and the version ff, are no identifiers.
    guard trace.contains(where: { $0 != zero }), span.contains(where: { $0 != zero }) else { return false }
    guard !version.elementsEqual("ff".utf8) else { return false }
    if version.elementsEqual("00".utf8) { return bytes.count == 55 }
    return bytes.count == 55 || bytes[55] == dash && bytes[55...].allSatisfy { (0x21...0x7E).contains($0) }
  }

  private static func isValidState(_ state: String) -> Bool {
    let bytes = state.utf8
    guard !bytes.isEmpty, bytes.count <= stateBytesMax, bytes.allSatisfy({ (0x20...0x7E).contains($0) || $0 == 0x09 }) else {
      return false
    }
    let members = state.split(separator: ",").filter { !$0.allSatisfy(\.isWhitespace) }
    return !members.isEmpty && members.count <= 32 && members.allSatisfy { $0.contains("=") }
  }

  private static let dash = UInt8(ascii: "-")
  private static let zero = UInt8(ascii: "0")

  private static func isLowerHex(_ byte: UInt8) -> Bool {
    UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || UInt8(ascii: "a")...UInt8(ascii: "f") ~= byte
  }
}
