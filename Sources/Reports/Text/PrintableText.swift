extension String {
  /// One line that can neither steer a terminal nor look like something else. Names and messages come from a server: whatever
  /// could control a terminal, begin a new line, turn the direction of text round or hide becomes a blank.
  package var printable: String { replacing { $0.controlsTerminal || $0.endsLine || $0.turnsText || $0.isHidden ? " " : $0 } }

  /// The beginning of a text as one printable line, for messages that quote what a user or a server gave.
  /// - Parameter max: characters; what is longer ends in an ellipsis.
  package func shortened(to max: Int = 200) -> String {
    // Counting the characters of megabytes would take its time.
    guard utf8.count > max, count > max else { return printable }
    return String(prefix(max)).printable + "…"
  }

  /// Text of several lines, such as a model's reply, that can't steer a terminal: line feeds and tabs stay, and so do the joiners
  /// that scripts and emoji need. It works on each character by itself, so a sequence in two parts doesn't slip through.
  package var printableLines: String {
    replacing { scalar in
      switch scalar {
      case "\n", "\t": scalar
      case "\r": nil
      default: scalar.controlsTerminal || scalar.endsLine || scalar.turnsText || scalar.isTag ? " " : scalar
      }
    }
  }

  /// JSON with the same meaning that is safe to show on a terminal: what `printable` would replace is written as an escape.
  package var escapedJSON: String {
    func isSafe(_ scalar: Unicode.Scalar) -> Bool {
      // Between the strings of JSON there is white space, which may stay.
      if scalar == "\n" || scalar == "\r" || scalar == "\t" { return true }
      return !(scalar.controlsTerminal || scalar.endsLine || scalar.turnsText || scalar.isHidden)
    }
    guard !unicodeScalars.allSatisfy(isSafe) else { return self }
    var out = ""
    for scalar in unicodeScalars {
      if isSafe(scalar) {
        out.unicodeScalars.append(scalar)
      } else {
        for unit in String(scalar).utf16 {
          let digits = String(unit, radix: 16)
          out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
      }
    }
    return out
  }

  /// Works on Unicode's characters, not on what a reader sees as one: a sign with an accent on it still has its meaning for
  /// other programs, and CR LF is one character to Swift.
  /// - Parameter replacement: nil leaves the character out.
  func replacing(_ replacement: (Unicode.Scalar) -> Unicode.Scalar?) -> String {
    guard unicodeScalars.contains(where: { replacement($0) != $0 }) else { return self }
    var out = String.UnicodeScalarView()
    for scalar in unicodeScalars { if let kept = replacement(scalar) { out.append(kept) } }
    return String(out)
  }
}

extension Unicode.Scalar {
  /// C0, DEL and C1: an escape sequence begins with one of these.
  fileprivate var controlsTerminal: Bool { value < 32 || (0x7F...0x9F).contains(value) }

  /// Line and paragraph separator.
  fileprivate var endsLine: Bool { value == 0x2028 || value == 0x2029 }

  /// Embeddings, overrides and isolates, which show text in another order than it is read
  /// (Boucher and Anderson, "Trojan Source", https://trojansource.codes).
  fileprivate var turnsText: Bool { (0x202A...0x202E).contains(value) || (0x2066...0x2069).contains(value) }

  /// Tags, which are invisible and may carry a hidden text.
  fileprivate var isTag: Bool { (0xE0000...0xE007F).contains(value) }

  /// Takes no room on the screen, so two names may look the same.
  fileprivate var isHidden: Bool {
    switch value {
    case 0xAD, 0x61C, 0x115F, 0x1160, 0x180E, 0x200B...0x200F, 0x2060...0x206F, 0x3164, 0xFEFF, 0xFFA0, 0xFFF9...0xFFFB: true
    default: isTag
    }
  }
}
