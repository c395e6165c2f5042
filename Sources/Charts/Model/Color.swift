/// An sRGB colour.
public struct Color: Sendable, Equatable {
  /// As 0xRRGGBB.
  public let rgb: UInt32

  /// - Parameter rgb: 0xRRGGBB; higher bits are ignored.
  public init(_ rgb: UInt32) { self.rgb = rgb & 0xFF_FFFF }

  /// As CSS writes it: `#2ca02c`.
  public var hex: String {
    let digits = String(rgb, radix: 16)
    return "#" + String(repeating: "0", count: 6 - digits.utf8.count) + digits
  }

  public static let success = Color(0x2C_A02C)
  public static let throttled = Color(0xD6_2728)

  // Okabe and Ito, "Color Universal Design" (2008), https://jfly.uni-koeln.de/color/: told apart with any kind of colour vision.
  public static let orange = Color(0xE6_9F00)
  public static let skyBlue = Color(0x56_B4E9)
  public static let bluishGreen = Color(0x00_9E73)
  public static let yellow = Color(0xF0_E442)
  public static let blue = Color(0x00_72B2)
  public static let vermilion = Color(0xD5_5E00)
  public static let purple = Color(0xCC_79A7)
  /// In the place of Okabe and Ito's black, which a dark page would swallow.
  public static let gray = Color(0x8A_8A8A)

  private static let all: [Color] = [.blue, .orange, .bluishGreen, .purple, .skyBlue, .vermilion, .yellow, .gray]

  /// The colour of the `index`-th of several things; they repeat after eight.
  public static func palette(_ index: Int) -> Color {
    let remainder = index % all.count
    return all[remainder < 0 ? remainder + all.count : remainder]
  }
}
