extension StringProtocol {
  /// The columns that the text takes on a terminal: 2 for the wide characters of East Asia and for emoji, none for accents that
  /// stand on another character. Terminals disagree about emoji of several parts; this is the larger answer.
  ///
  /// Source of the ranges: unicode.org/Public/17.0.0/ucd/EastAsianWidth.txt, `W` and `F`.
  package var displayWidth: Int {
    // Nearly all text is ASCII.
    if utf8.allSatisfy({ $0 < 0x80 }) { return utf8.count }
    return unicodeScalars.reduce(0) { $0 + $1.columns }
  }
}

extension String {
  /// The longest beginning that takes at most so many columns.
  package func prefix(columns: Int) -> String {
    guard displayWidth > columns else { return self }
    var (out, width) = (String.UnicodeScalarView(), 0)
    for scalar in unicodeScalars {
      width += scalar.columns
      if width > columns { break }
      out.append(scalar)
    }
    return String(out)
  }
}

extension Unicode.Scalar {
  fileprivate var columns: Int {
    guard value >= 0x300 else { return 1 }
    switch properties.generalCategory {
    case .nonspacingMark, .enclosingMark: return 0
    // Joiners; most of them have become blanks before (see `printable`).
    case .format: return 0
    default: return isWide || properties.isEmojiPresentation ? 2 : 1
    }
  }

  private var isWide: Bool {
    switch value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFAFF,
      0xFE10...0xFE19, 0xFE30...0xFE6B, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18DFF, 0x1AFF0...0x1B2FB, 0x1F200...0x1F265,
      0x20000...0x2FFFD, 0x30000...0x3FFFD:
      true
    default: false
    }
  }
}
