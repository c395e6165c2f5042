/// A `data:` URI, such as `data:image/png;base64,…`.
struct DataURI {
  /// The longest head that is looked at, in bytes.
  private static let headBytesMax = 256

  /// In lower case; empty if the URI states none.
  let mediaType: String
  /// The content; nil if it isn't in base64.
  let base64: Substring?

  /// nil for text that is no data URI.
  init?(_ text: String) {
    guard text.utf8.count > 5, text.utf8.prefix(5).elementsEqual("data:".utf8) || text.prefix(5).lowercased() == "data:",
      let comma = text.utf8.prefix(Self.headBytesMax).firstIndex(of: UInt8(ascii: ","))
    else { return nil }
    let head = text[text.utf8.index(text.startIndex, offsetBy: 5)..<comma].split(separator: ";", omittingEmptySubsequences: false)
    mediaType = head.first.map { $0.lowercased() } ?? ""
    base64 = head.contains { $0.lowercased() == "base64" } ? text[text.utf8.index(after: comma)...] : nil
  }

  /// nil if the media type doesn't tell.
  var kind: Medium.Kind? {
    switch mediaType.split(separator: "/").first {
    case "image": .picture
    case "video": .film
    case "audio": .recording
    case "application", "text": .document
    default: nil
    }
  }
}
