import Charts
import Foundation
import Testing

struct LimitTests {
  private func picture(_ highest: Double, _ limits: [Limit]) throws -> Picture {
    let bars = Bars(start: 0, step: 1, series: [Series(name: "a", color: .blue, values: [1, highest, 2])])
    return try Picture(Plot(layers: [.bars(bars)], limits: limits).svg())
  }

  @Test(arguments: [(100, 100, true), (100, 400, true), (100, 401, false), (100, 0, true), (100, 20, true), (100, 1e300, false)])
  func drawnUpToFourTimesTheData(_ highest: Double, _ limit: Double, _ isDrawn: Bool) throws {
    let picture = try picture(highest, [Limit(value: limit, name: "quota")])
    #expect(picture.all("path", class: "limit").count == (isDrawn ? 1 : 0))
    #expect(picture.texts.contains("quota") == isDrawn)
    #expect(picture.texts.contains("quota is above this scale") == !isDrawn)
    let top = try #require(picture.all("g", class: "plot")[0].number("data-ymax"))
    #expect(isDrawn ? top > limit : top < limit)
  }

  @Test(arguments: [Double.nan, .infinity, -5])
  func withoutAPlaceItIsLeftOut(_ value: Double) throws {
    let picture = try picture(100, [Limit(value: value, name: "quota")])
    #expect(picture.all("path", class: "limit").isEmpty)
    #expect(!picture.texts.contains { $0.contains("quota") })
  }

  @Test func noDataNoLimits() throws {
    let picture = try Picture(Plot(limits: [Limit(value: 5, name: "quota")], emptyNote: "No data for X").svg())
    #expect(picture.all("path", class: "limit").isEmpty)
    #expect(picture.texts.contains("No data for X"))
    #expect(!picture.texts.contains { $0.contains("quota") })
  }

  @Test func manyAboveAreCounted() throws {
    let limits = (0..<9).map { Limit(value: 1e6, name: "limit \($0)") }
    let notes = try picture(100, limits).texts.filter { $0.contains("above this scale") }
    #expect(notes == ["limit 0 is above this scale", "limit 1 is above this scale", "7 more limits are above this scale"])
  }

  @Test func labelsOfCloseLimitsAreAllThere() throws {
    let picture = try picture(100, [90, 92, 94].map { Limit(value: $0, name: "at \(Int($0))") })
    #expect(Set(["at 90", "at 92", "at 94"]).isSubset(of: picture.texts))
    #expect(picture.all("path", class: "sample").count == 3)
  }

  @Test func namesStandBesideTheData() throws {
    let bars = Bars(start: 0, step: 1, series: [Series(name: "a", color: .blue, values: Array(repeating: 100, count: 50))])
    let limits = [80.0, 81, 82].map { Limit(value: $0, name: "found: \(Int($0)) requests/min") }
    for (width, height) in [(960, 360), (320, 200)] {
      let picture = try Picture(
        Plot(layers: [.bars(bars)], limits: limits, limitsAreNamedBeside: true).svg(width: width, height: height))
      let right = try #require(picture.all("g", class: "plot").first?.number("data-right"))
      let names = picture.boxes.filter { $0.text.hasPrefix("foun") }
      #expect(names.count == 3 && names.allSatisfy { $0.rectangle.minX > right })
      OverlapTests.expectApart(picture, width: width, height: height, "beside")
    }
  }

  @Test func wordsStandAboveTheDataBelowThem() throws {
    let bars = Bars(start: 0, step: 1, series: [Series(name: "a", color: .blue, values: Array(repeating: 100, count: 50))])
    let limits = [Limit(value: 1_000, name: "quota"), Limit(value: 2_000, name: "account quota")]
    let picture = try Picture(Plot(layers: [.bars(bars)], limits: limits).svg())
    let plot = try #require(picture.all("g", class: "plot").first)
    let (top, bottom) = (try #require(plot.number("data-top")), try #require(plot.number("data-bottom")))
    let bar = bottom - 100 / (try #require(plot.number("data-ymax"))) * (bottom - top)
    let notes = picture.boxes.filter { $0.text.hasSuffix("above this scale") }
    #expect(notes.count == 2 && notes.allSatisfy { $0.rectangle.maxY < bar && $0.rectangle.minY > top })
  }
}
