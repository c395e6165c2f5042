/// Lines and white space as Python has them.
extension Unicode.Scalar {
  /// `str.isspace`: Unicode's white space and the four separators of ASCII.
  var isPythonSpace: Bool { properties.isWhitespace || (0x1C...0x1F).contains(value) }

  /// What `str.splitlines` splits at.
  fileprivate var endsPythonLine: Bool {
    (0x0A...0x0D).contains(value) || (0x1C...0x1E).contains(value) || [0x85, 0x2028, 0x2029].contains(value)
  }
}

extension String.UnicodeScalarView {
  /// The lines of a file: they end with a line feed, a carriage return, or both.
  var lines: [SubSequence] {
    var lines: [SubSequence] = []
    var start = startIndex
    var index = startIndex
    while index < endIndex {
      let scalar = self[index]
      let end = index
      index = self.index(after: index)
      guard scalar == "\n" || scalar == "\r" else { continue }
      lines.append(self[start..<end])
      if scalar == "\r", index < endIndex, self[index] == "\n" { index = self.index(after: index) }
      start = index
    }
    lines.append(self[start...])
    return lines
  }
}

extension Substring.UnicodeScalarView {
  var trimmed: Self {
    var rest = self
    while rest.first?.isPythonSpace == true { rest.removeFirst() }
    while rest.last?.isPythonSpace == true { rest.removeLast() }
    return rest
  }

  /// The text split at everything that Python takes for the end of a line.
  var pieces: [Self] { split(omittingEmptySubsequences: true) { $0.endsPythonLine } }
}
