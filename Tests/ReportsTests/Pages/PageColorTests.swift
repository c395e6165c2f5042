import Foundation
import Testing

@testable import Reports

/// All text of the page stands out from what is behind it: WCAG 2.2, 1.4.3, a contrast of 4.5.
struct PageColorTests {
  private static func luminance(_ rgb: UInt32) -> Double {
    let linear = [16, 8, 0].map { shift -> Double in
      let channel = Double(rgb >> shift & 0xFF) / 255
      return channel <= 0.04045 ? channel / 12.92 : pow((channel + 0.055) / 1.055, 2.4)
    }
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
  }

  private static func contrast(_ first: UInt32, _ second: UInt32) -> Double {
    let both = [luminance(first), luminance(second)].sorted()
    return (both[1] + 0.05) / (both[0] + 0.05)
  }

  @Test func textsAndFocus() throws {
    let page = try Dashboard([], region: "us-east-1").html()
    // The light colours, and then the dark ones.
    let schemes = page.matches(of: /:root \{[^}]*--text[^}]*\}/).map(\.output)
    #expect(schemes.count == 2)
    for scheme in schemes {
      let colors = Dictionary(
        uniqueKeysWithValues: scheme.matches(of: /--(\w+): #([0-9a-f]{6})/).map { (String($0.1), UInt32($0.2, radix: 16)!) })
      for name in ["text", "soft", "full", "high", "focus"] {
        for behind in ["page", "card"] {
          let ratio = Self.contrast(try #require(colors[name]), try #require(colors[behind]))
          #expect(ratio >= 4.5, "\(name) on \(behind): \(ratio)")
        }
      }
    }
  }
}
