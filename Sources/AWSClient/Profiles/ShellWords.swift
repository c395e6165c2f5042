/// Splits a text into words as a POSIX shell does, without expanding anything; it is Python's `shlex.split`.
enum ShellWords {
  /// - Returns: nil if a quotation isn't closed, or the text ends with a backslash.
  static func split(_ text: String) -> [String]? {
    var words: [String] = []
    var word: String.UnicodeScalarView?
    var quote: Unicode.Scalar?
    var scalars = text.unicodeScalars.makeIterator()
    while let scalar = scalars.next() {
      if scalar == "\\", quote != "'" {
        guard let next = scalars.next() else { return nil }
        // In double quotes, it escapes these two alone.
        if quote == "\"", next != "\"", next != "\\" { word?.append(scalar) }
        word = (word ?? .init()) + [next]
      } else if let open = quote {
        if scalar == open { quote = nil } else { word?.append(scalar) }
      } else if scalar == "'" || scalar == "\"" {
        quote = scalar
        word = word ?? .init()
      } else if scalar == " " || scalar == "\t" || scalar == "\r" || scalar == "\n" {
        if let word { words.append(String(word)) }
        word = nil
      } else {
        word = (word ?? .init()) + [scalar]
      }
    }
    guard quote == nil else { return nil }
    if let word { words.append(String(word)) }
    return words
  }
}
