import Charts
import Foundation
import Testing

/// Everything stands out from a light and from a dark page, and accepted from throttled on either.
///
/// Formula: WCAG 2.2, "relative luminance" and "contrast ratio".
struct ContrastTests {
  enum Page: CaseIterable {
    case light, dark

    /// White paper; the page of the dashboard and of GitHub, a card on it, and what a browser shows around a picture alone.
    var backgrounds: [UInt32] { self == .light ? [0xFF_FFFF] : [0x0D_1117, 0x15_1B23, 0x12_1212] }

    func shade(_ tone: Color.Tone) -> UInt32 { self == .light ? tone.light : tone.dark }
  }

  private static func channels(_ rgb: UInt32) -> [Double] { [16, 8, 0].map { Double(rgb >> $0 & 0xFF) / 255 } }

  static func luminance(_ channels: [Double]) -> Double {
    let linear = channels.map { $0 <= 0.04045 ? $0 / 12.92 : pow(($0 + 0.055) / 1.055, 2.4) }
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
  }

  /// Of a colour, seen through `opacity`, and what is behind it.
  static func contrast(_ rgb: UInt32, _ behind: UInt32, opacity: Double = 1) -> Double {
    let below = channels(behind)
    let seen = zip(channels(rgb), below).map { $0 * opacity + $1 * (1 - opacity) }
    let both = [luminance(seen), luminance(below)].sorted()
    return (both[1] + 0.05) / (both[0] + 0.05)
  }

  @Test func theFormulaIsThatOfTheStandard() {
    #expect(Self.contrast(0, 0xFF_FFFF) == 21 && abs(Self.contrast(0x76_7676, 0xFF_FFFF) - 4.54) < 0.01)
  }

  @Test(arguments: Page.allCases)
  func fillsAndLinesHaveThree(_ page: Page) {
    for background in page.backgrounds {
      for tone in Color.tones + [Theme.axis] {
        let ratio = Self.contrast(page.shade(tone), background)
        #expect(ratio >= 3, "\(tone.lightHex) on \(page): \(ratio)")
      }
    }
  }

  @Test(arguments: Page.allCases)
  func areasHaveThreeToo(_ page: Page) {
    for background in page.backgrounds {
      for index in 0..<8 {
        let ratio = Self.contrast(page.shade(Color.palette(index).tone), background, opacity: Theme.areaOpacity)
        #expect(ratio >= 3, "\(Color.palette(index).hex) on \(page): \(ratio)")
      }
    }
  }

  @Test(arguments: Page.allCases)
  func textHasFourAndAHalf(_ page: Page) {
    for background in page.backgrounds {
      for tone in [Theme.text, Theme.muted] {
        let ratio = Self.contrast(page.shade(tone), background)
        #expect(ratio >= 4.5, "\(tone.lightHex) on \(page): \(ratio)")
      }
    }
  }

  /// By their lightness, on grey paper and for those who don't see red and green, and by stripes.
  @Test(arguments: Page.allCases)
  func acceptedAndThrottledDifferByMoreThanTheirHue(_ page: Page) throws {
    let stripe = try #require(Color.throttled.stripe)
    #expect(Color.success.stripe == nil)
    #expect(Self.contrast(page.shade(Color.success.tone), page.shade(Color.throttled.tone)) >= 2)
    #expect(Self.contrast(page.shade(stripe), page.shade(Color.throttled.tone)) >= 1.5)
  }

  @Test func stripesAreInTheBarsAndInTheLegend() throws {
    let series = [("accepted", Color.success), ("throttled", .throttled)].map { Series(name: $0, color: $1, values: [1, 2]) }
    let plot = Plot(layers: [.bars(Bars(start: 0, step: 1, series: series))])
    let sheet = Sheet(rows: [Sheet.Row(plots: [plot, plot]), Sheet.Row(plots: [plot])])
    for svg in [plot.svg(), sheet.svg()] + sheet.panelSVGs().joined() {
      let picture = try Picture(svg)
      let ids = Set(picture.all("pattern").compactMap { $0["id"] })
      let used = picture.elements.compactMap { $0["fill"] }.filter { $0.hasPrefix("url") }
      #expect(Set(used.map { String($0.dropFirst(5).prefix { $0 != ")" }) }) == ids)
      #expect(used.allSatisfy { $0.hasSuffix(" #b4131d") })
      #expect(picture.all("rect").contains { $0["fill"]?.hasPrefix("url") == true }, "legend")
    }
  }

  /// What a dark page shows instead of each attribute.
  @Test func theStyleRecoloursWhatIsDrawn() throws {
    let css = Theme.css
    for tone in Color.tones {
      #expect(css.contains("[fill=\"\(tone.lightHex)\"]{fill:\(tone.darkHex)}"))
      #expect(css.contains("[stroke=\"\(tone.lightHex)\"]{stroke:\(tone.darkHex)}"))
    }
    #expect(css.contains("@media screen and (prefers-color-scheme:dark)"), "paper is light")
    #expect(try Picture(Plot().svg()).all("style").count == 1)
  }
}
