/// The context of a trace as W3C headers carry it from one program to the next.
///
/// Source: w3.org/TR/trace-context-2/
package struct TraceContext: Sendable, Equatable {
  /// The headers that carry it, in lower case.
  static let names = ["traceparent", "tracestate"]

  /// Valid, and in the form of its own version.
  package let traceparent: String
  /// What other tracing systems added; nil: none, or not valid.
  package let tracestate: String?

  /// The longest `tracestate` that goes on; the standard asks for at least 512 bytes.
  private static let stateBytesMax = 4_096

  /// - Parameter headers: of a request.
  /// - Returns: nil without a valid `traceparent`, or with two of them: then a trace begins here.
  package init?(_ headers: [(name: String, value: String)]) {
    var parents = Self.values(of: "traceparent", headers).makeIterator()
    guard let parent = parents.next(), parents.next() == nil, Self.isValid(parent) else { return nil }
    traceparent = parent
    let state = Self.values(of: "tracestate", headers).joined(separator: ",")
    tracestate = Self.isValidState(state) ? state : nil
  }

  /// 32 hexadecimal digits.
  package var traceID: String { String(traceparent.dropFirst(3).prefix(32)) }

  /// As headers for the next program.
  package var headers: [(name: String, value: String)] {
    [("traceparent", traceparent)] + (tracestate.map { [("tracestate", $0)] } ?? [])
  }

  private static func values(of name: String, _ headers: [(name: String, value: String)]) -> [String] {
    headers.filter { $0.name.utf8.count == name.utf8.count && $0.name.lowercased() == name }.map(\.value)
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
    guard !state.isEmpty, state.utf8.count <= stateBytesMax else { return false }
    // A member may be empty, and may have blanks and tabs around it.
    let members = state.utf8.split(separator: UInt8(ascii: ",")).map(trimmed).filter { !$0.isEmpty }
    return !members.isEmpty && members.count <= 32 && members.allSatisfy(isStateMember)
  }

  /// `rojo=00f067aa0ba902b7`, `fw529a3039@dt=FfAw`
  private static func isStateMember(_ member: Substring.UTF8View) -> Bool {
    guard let equals = member.firstIndex(of: UInt8(ascii: "=")) else { return false }
    let (key, value) = (member[..<equals], member[member.index(after: equals)...])
    guard let first = key.first, isLower(first) || isDigit(first), key.count <= 256, key.allSatisfy(isKeyByte) else {
      return false
    }
    return (1...256).contains(value.count) && value.allSatisfy { (0x20...0x7E).contains($0) && $0 != UInt8(ascii: "=") }
  }

  private static func trimmed(_ member: Substring.UTF8View) -> Substring.UTF8View {
    func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
    var member = member.drop(while: isBlank)
    while let last = member.last, isBlank(last) { member.removeLast() }
    return member
  }

  private static func isKeyByte(_ byte: UInt8) -> Bool { isLower(byte) || isDigit(byte) || "_-*/@".utf8.contains(byte) }
  private static func isLower(_ byte: UInt8) -> Bool { UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte }
  private static func isDigit(_ byte: UInt8) -> Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte }

  private static let dash = UInt8(ascii: "-")
  private static let zero = UInt8(ascii: "0")

  private static func isLowerHex(_ byte: UInt8) -> Bool {
    UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || UInt8(ascii: "a")...UInt8(ascii: "f") ~= byte
  }
}
