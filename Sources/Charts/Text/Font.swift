/// The size of text in a font that is not known.
///
/// Widths are the larger ones of Liberation Sans (which has those of Arial and Helvetica) and DejaVu Sans, so that nothing overlaps in
/// either.
package struct Font: Sendable {
  /// SVG units.
  package var size: Double
  package var isBold = false

  package init(size: Double, isBold: Bool = false) {
    self.size = size
    self.isBold = isBold
  }

  package func width(of text: String) -> Double {
    Double(text.unicodeScalars.reduce(0) { $0 + thousandths(of: $1) }) * size / 1000
  }

  /// `text` or, if it is wider than `width`, its beginning and its end around "…". Empty if not even that fits.
  package func shortened(_ text: String, to width: Double) -> String {
    if self.width(of: text) <= width { return text }
    let characters = Array(text)
    var room = width - self.width(of: "…")
    if room < 0 { return "" }
    var head = 0
    var tail = characters.count
    while head < tail {
      // In turn, so that both ends are equally long: ids differ at either end.
      let isHead = head <= characters.count - tail
      room -= self.width(of: String(characters[isHead ? head : tail - 1]))
      if room < 0 { break }
      if isHead { head += 1 } else { tail -= 1 }
    }
    return String(characters[..<head]) + "…" + String(characters[tail...])
  }

  private func thousandths(of scalar: Unicode.Scalar) -> Int {
    switch scalar.value {
    case 0x20...0x7E: (isBold ? Self.bold : Self.regular)[Int(scalar.value) - 0x20]
    case 0x2026: 1000
    case 0xB7: isBold ? 380 : 318
    case 0x2013: 556
    // Combining marks, joiners and variation selectors belong to the character before.
    case 0x300...0x36F, 0x200B...0x200F, 0xFE00...0xFE0F: 0
    // From Hangul and CJK to full-width forms, and emoji.
    case 0x1100...0x115F, 0x2E80...0xD7FF, 0xF900...0xFAFF, 0xFE30...0xFE4F, 0xFF00...0xFF60, 0x1F000...: 1100
    // Capitals of Latin, Greek and Cyrillic, arrows and signs.
    default: isBold ? 1000 : 920
    }
  }

  /// Thousandths of the size, for U+0020 to U+007E.
  private static let regular = [
    318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337, 636, 636, 636, 636, 636, 636, 636, 636, 636,
    636,
    337, 337, 838, 838, 838, 556, 1015, 684, 686, 722, 770, 667, 611, 778, 752, 295, 500, 667, 557, 863, 748, 787, 667, 787, 722,
    667, 611, 732, 684, 989, 685, 667, 685, 390, 337, 390, 838, 556, 500, 613, 635, 550, 635, 615, 352, 635, 634, 278, 278, 579,
    278,
    974, 634, 612, 635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636, 337, 636, 838,
  ]
  private static let bold = [
    348, 456, 521, 838, 696, 1002, 872, 306, 457, 457, 523, 838, 380, 415, 380, 365, 696, 696, 696, 696, 696, 696, 696, 696, 696,
    696,
    400, 400, 838, 838, 838, 611, 1000, 774, 762, 734, 830, 683, 683, 821, 837, 372, 556, 775, 637, 995, 837, 850, 733, 850, 770,
    720,
    682, 812, 774, 1103, 771, 724, 725, 457, 365, 457, 838, 556, 500, 675, 716, 593, 716, 678, 435, 716, 712, 343, 343, 665, 343,
    1042, 712, 687, 716, 716, 493, 595, 478, 712, 652, 924, 645, 652, 582, 712, 365, 712, 838,
  ]
}
