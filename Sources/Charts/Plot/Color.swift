/// An sRGB colour.
package struct Color: Sendable, Equatable {
  /// 0xRRGGBB.
  package let rgb: UInt32

  /// - Parameter rgb: 0xRRGGBB; higher bits are ignored.
  package init(_ rgb: UInt32) { self.rgb = rgb & 0xFF_FFFF }

  /// CSS notation, such as `#2ca02c`.
  package var hex: String {
    let digits = String(rgb, radix: 16)
    return "#" + String(repeating: "0", count: 6 - digits.utf8.count) + digits
  }

  package static let success = Color(0x2C_A02C)
  package static let throttled = Color(0xD6_2728)

  // Okabe and Ito, "Color Universal Design" (2008), https://jfly.uni-koeln.de/color/: distinguishable with any kind of colour vision.
  package static let orange = Color(0xE6_9F00)
  package static let skyBlue = Color(0x56_B4E9)
  package static let bluishGreen = Color(0x00_9E73)
  package static let yellow = Color(0xF0_E442)
  package static let blue = Color(0x00_72B2)
  package static let vermilion = Color(0xD5_5E00)
  package static let purple = Color(0xCC_79A7)
  /// Instead of Okabe and Ito's black, which is invisible on a dark page.
  package static let gray = Color(0x8A_8A8A)

  private static let all: [Color] = [.blue, .orange, .bluishGreen, .purple, .skyBlue, .vermilion, .yellow, .gray]

  /// The colour of item `index`; colours repeat after eight.
  package static func palette(_ index: Int) -> Color {
    let remainder = index % all.count
    return all[remainder < 0 ? remainder + all.count : remainder]
  }
}
