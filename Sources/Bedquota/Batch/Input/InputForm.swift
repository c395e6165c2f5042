/// Tells from its beginning that a file is not JSON Lines at all, before anything is sent. A single bad line is another matter: it
/// becomes an error in the output.
enum InputForm {
  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// - Parameter start: the first bytes of the input.
  /// - Throws: ``BedquotaError`` (`file`), with what to do.
  static func check(_ start: [UInt8], name: String) throws(BedquotaError) {
    let isUTF16 = start.starts(with: [0xFF, 0xFE]) || start.starts(with: [0xFE, 0xFF]) || start.prefix(2).contains(0)
    if isUTF16 { throw refusal("\(name) is not in UTF-8 but, it seems, in UTF-16; save it as UTF-8.") }
    let text = withoutMark(start[...]).drop { $0.isJSONSpace }
    if text.first == UInt8(ascii: "[") {
      throw refusal("\(name) is one JSON array; put each of its elements on a line of its own, as `jq -c '.[]'` does.")
    }
    let line = text.prefix { $0 != 0x0A }.filter { !$0.isJSONSpace }
    if line == [UInt8(ascii: "{")], text.contains(0x0A) {
      throw refusal("\(name) spreads its JSON over several lines; put each request on one line, as `jq -c .` does.")
    }
  }

  /// The bytes behind a byte order mark, if there is one.
  static func withoutMark(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    bytes.starts(with: byteOrderMark) ? bytes.dropFirst(byteOrderMark.count) : bytes
  }

  private static func refusal(_ message: String) -> BedquotaError { BedquotaError(.file, message, parameters: ["input"]) }
}

extension UInt8 {
  /// A space, tab, carriage return or line feed.
  var isJSONSpace: Bool { self == 0x20 || self == 0x0D || self == 0x0A || self == 0x09 }
}
