/// Writes JSON as text at once: for listings of over a thousand rows, where an encoder is most of the wait.
///
/// Members are written in the order of the calls, which keep them sorted by name as every command's JSON is.
package struct JSONWriter {
  private var bytes: [UInt8] = []
  private var depth = 0
  private var isFirst = true

  package init() {}

  package var text: String { String(decoding: bytes, as: UTF8.self) }

  package mutating func object(_ body: (inout JSONWriter) -> Void) { nested("{", "}", body) }

  package mutating func array<Element>(_ elements: [Element], _ body: (inout JSONWriter, Element) -> Void) {
    nested("[", "]") { writer in
      for element in elements {
        writer.separate()
        body(&writer, element)
      }
    }
  }

  package mutating func member(_ name: StaticString, _ body: (inout JSONWriter) -> Void) {
    separate()
    name.withUTF8Buffer { name in quote(name) }
    bytes.append(contentsOf: " : ".utf8)
    body(&self)
  }

  /// Nothing for nil: absent is unknown.
  package mutating func member(_ name: StaticString, _ value: String?) {
    guard let value else { return }
    member(name) { writer in
      var value = value
      value.withUTF8 { writer.quote($0) }
    }
  }

  package mutating func member(_ name: StaticString, _ value: Double?) {
    guard let value, value.isFinite else { return }
    member(name) { $0.bytes.append(contentsOf: Figures.plain(value).utf8) }
  }

  package mutating func member(_ name: StaticString, _ value: Bool?) {
    guard let value else { return }
    member(name) { $0.bytes.append(contentsOf: (value ? "true" : "false").utf8) }
  }

  package mutating func member(_ name: StaticString, _ values: [String]) {
    member(name) { writer in
      writer.array(values) { writer, value in
        var value = value
        value.withUTF8 { writer.quote($0) }
      }
    }
  }

  private mutating func nested(_ open: Unicode.Scalar, _ close: Unicode.Scalar, _ body: (inout JSONWriter) -> Void) {
    bytes.append(UInt8(ascii: open))
    depth += 1
    isFirst = true
    body(&self)
    depth -= 1
    if !isFirst { newLine() }
    bytes.append(UInt8(ascii: close))
    isFirst = false
  }

  private mutating func separate() {
    if !isFirst { bytes.append(UInt8(ascii: ",")) }
    isFirst = false
    newLine()
  }

  private mutating func newLine() {
    bytes.append(0x0A)
    bytes.append(contentsOf: repeatElement(0x20, count: depth * 2))
  }

  private mutating func quote(_ text: UnsafeBufferPointer<UInt8>) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(byte)
      case 0..<0x20:
        bytes.append(contentsOf: "\\u00".utf8)
        bytes.append(contentsOf: (byte < 16 ? "0" : "").utf8)
        bytes.append(contentsOf: String(byte, radix: 16).utf8)
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
