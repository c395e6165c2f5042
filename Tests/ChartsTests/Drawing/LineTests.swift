import Charts
import Foundation
import Testing

struct LineTests {
  private func path(_ points: [(x: Double, y: Double)], _ layer: (Line) -> Layer, class name: String) throws -> String {
    let picture = try Picture(Plot(layers: [layer(Line(name: "a", color: .blue, points: points))]).svg())
    return picture.all("path", class: name).first?["d"] ?? ""
  }

  @Test func breaksWhereItIsNotFinite() throws {
    let path = try path([(0, 1), (1, 2), (2, .nan), (3, 4), (4, 5), (5, .infinity), (6, 1), (7, 2)], Layer.line, class: "line")
    #expect(path.count { $0 == "M" } == 3)
    #expect(path.count { $0 == "L" } == 3)
  }

  @Test func aLonePointIsADot() throws {
    #expect(try path([(0, 1), (1, 2), (2, .nan), (3, 4), (4, .nan)], Layer.line, class: "dots").count { $0 == "M" } == 1)
    #expect(try path([(0, 1)], Layer.area, class: "dots").count { $0 == "M" } == 1)
  }

  @Test func aLongLineKeepsItsPeaksAndStaysShort() throws {
    var points = (0..<200_000).map { (x: Double($0), y: 10 + sin(Double($0))) }
    points[123_456].y = 100
    points[77_777].y = -50
    let path = try path(points, Layer.line, class: "line")
    #expect(path.count { $0 == "L" } < 4 * 960)
    let heights = path.split { "ML".contains($0) }.map { Double($0.split(separator: ",")[1])! }
    // The two are the ends of the scale without its margins of 5 %.
    let (top, bottom) = (try #require(heights.min()), try #require(heights.max()))
    #expect(heights.filter { $0 < top + 1 }.count == 1 && heights.filter { $0 > bottom - 1 }.count == 1)
  }

  @Test func areasEndAtZero() throws {
    let picture = try Picture(
      Plot(x: .linear(0...10, title: ""), layers: [.area(Line(name: "a", color: .blue, points: [(0, 3), (10, 5)]))]).svg())
    let bottom = try #require(picture.all("g", class: "plot")[0]["data-bottom"])
    let area = try #require(picture.all("path", class: "area").first)
    #expect(area["d"]!.hasSuffix(",\(bottom)Z") && area["fill-opacity"] != nil)
  }
}
