/// The marks between the parts of JSON.
extension [UInt8] {
  /// Appends `[…]`.
  /// - Parameter write: appends one element.
  mutating func appendArray<Part>(_ elements: [Part], _ write: (Part, inout [UInt8]) -> Void) {
    append(UInt8(ascii: "["))
    appendList(elements, write)
    append(UInt8(ascii: "]"))
  }

  /// Appends `{…}`.
  /// - Parameters:
  ///   - name: appends the name of a member, with its quotes.
  ///   - value: appends its value.
  mutating func appendObject<Part>(
    _ members: [Part], name: (Part, inout [UInt8]) -> Void, value: (Part, inout [UInt8]) -> Void
  ) {
    append(UInt8(ascii: "{"))
    appendList(members) { member, out in
      name(member, &out)
      out.append(UInt8(ascii: ":"))
      value(member, &out)
    }
    append(UInt8(ascii: "}"))
  }

  private mutating func appendList<Part>(_ parts: [Part], _ write: (Part, inout [UInt8]) -> Void) {
    for (index, part) in parts.enumerated() {
      if index > 0 { append(UInt8(ascii: ",")) }
      write(part, &self)
    }
  }
}
