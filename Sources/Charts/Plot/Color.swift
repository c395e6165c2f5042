/// An sRGB colour, one for a light page and one for a dark one.
package struct Color: Sendable, Equatable {
  /// Two shades of one colour, 0xRRGGBB.
  package struct Tone: Sendable, Equatable {
    package let light: UInt32
    package let dark: UInt32

    package init(light: UInt32, dark: UInt32) { (self.light, self.dark) = (light & 0xFF_FFFF, dark & 0xFF_FFFF) }

    /// CSS notation, such as `#2ca02c`.
    package var lightHex: String { Self.hex(light) }
    package var darkHex: String { Self.hex(dark) }

    private static func hex(_ rgb: UInt32) -> String {
      let digits = String(rgb, radix: 16)
      return "#" + String(repeating: "0", count: 6 - digits.utf8.count) + digits
    }
  }

  package let tone: Tone
  /// The second tone of bars that are striped, so that they differ from others by more than their hue; nil: they are plain.
  package let stripe: Tone?

  /// The shade for a light page, 0xRRGGBB.
  package var rgb: UInt32 { tone.light }

  /// - Parameter rgb: 0xRRGGBB on any page; higher bits are ignored.
  package init(_ rgb: UInt32) { self.init(rgb, dark: rgb) }

  private init(_ light: UInt32, dark: UInt32, stripe: Tone? = nil) {
    tone = Tone(light: light, dark: dark)
    self.stripe = stripe
  }

  /// CSS notation, such as `#2ca02c`, of the shade for a light page.
  package var hex: String { tone.lightHex }

  /// Lighter than `throttled` on either page, so that the two differ for those who don't see red and green, and on grey paper.
  package static let success = Color(0x2C_A02C, dark: 0x56_D364)
  package static let throttled = Color(0xB4_131D, dark: 0xE5_484D, stripe: Tone(light: 0xE0_525C, dark: 0xFF_B3AD))

  // Hues of Okabe and Ito, "Color Universal Design" (2008), https://jfly.uni-koeln.de/color/: distinguishable with any kind of
  // colour vision. Darker on a light page and lighter on a dark one than there, because half of them are too pale for white.
  package static let orange = Color(0xA8_6400, dark: 0xE6_9F00)
  package static let skyBlue = Color(0x1F_7AB0, dark: 0x56_B4E9)
  package static let bluishGreen = Color(0x00_7F5D, dark: 0x1F_BF8F)
  package static let yellow = Color(0x7D_7000, dark: 0xF0_E442)
  package static let blue = Color(0x0A_5FA8, dark: 0x4C_9DF0)
  package static let vermilion = Color(0xC2_4E00, dark: 0xF0_803C)
  package static let purple = Color(0xA8_508A, dark: 0xD6_8FB8)
  /// Instead of Okabe and Ito's black, which is invisible on a dark page.
  package static let gray = Color(0x65_6D76, dark: 0x9A_A4AF)

  private static let all: [Color] = [.blue, .orange, .bluishGreen, .purple, .skyBlue, .vermilion, .yellow, .gray]

  /// Every tone that a chart's style knows.
  package static let tones: [Tone] =
    all.map(\.tone) + [success.tone, throttled.tone] + [throttled.stripe].compactMap { $0 }

  /// The colour of item `index`; colours repeat after eight.
  package static func palette(_ index: Int) -> Color {
    let remainder = index % all.count
    return all[remainder < 0 ? remainder + all.count : remainder]
  }
}
