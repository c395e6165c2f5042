import Charts
import Foundation
import Testing

struct OverlapTests {
  static let day = 1_763_938_800.0

  /// Plots of many shapes, the same for the same number.
  static func plot(_ seed: Int) -> Plot {
    var generator = TicksTests.Generator(state: UInt64(seed) &* 7_919 &+ 1)
    func pick<Value>(_ values: [Value]) -> Value { values.randomElement(using: &generator)! }
    let name = pick(["a", "requests per minute", "eu.anthropic.claude-sonnet-4-5-20250929-v1:0", "", "モデルの名前", "WWWWWW MMMMM"])
    let scale = pow(10, Double(Int.random(in: -8...16, using: &generator)))
    let values = (0..<pick([1, 7, 24, 300, 2_000])).map { _ in Double.random(in: 0...1, using: &generator) * scale }
    let length = pick([60, 3_600, 86_400, 300_000, 5e6, 1e8])
    let start = day + Double.random(in: 0...1e7, using: &generator)
    let isTime = Bool.random(using: &generator)
    let step = length / Double(values.count)
    let points = values.enumerated().map { (x: start + Double($0.offset) * step, y: $0.element - scale * 0.3) }
    var layers: [Layer] = [.bars(Bars(start: start, step: step, series: [Series(name: name, color: .success, values: values)]))]
    for index in 0..<pick([0, 1, 3, 12]) {
      layers.append(.line(Line(name: "\(name) \(index)", color: .palette(index), points: points, isDashed: index > 3)))
    }
    let change = start + length / 2
    let later = pick([3_600, 7_200])
    return Plot(
      title: pick([name, "Title", String(repeating: name, count: 5)]),
      subtitle: pick(["", name, String(repeating: name, count: 5)]),
      x: isTime
        ? .time(start...start + length) { $0 < change ? 7_200 : later } : .linear(nil, title: pick(["", name])),
      yTitle: pick(["", name]), isCount: Bool.random(using: &generator), layers: pick([layers, layers, layers, []]),
      limits: (0..<pick([0, 1, 2, 4])).map {
        Limit(value: scale * pick([0, 0.3, 0.31, 0.8, 1, 3.9, 50]), name: "limit \($0) \(name)")
      },
      limitsAreNamedBeside: Bool.random(using: &generator), emptyNote: "No data for \(name)")
  }

  static func expectApart(_ picture: Picture, width: Int, height: Int, _ comment: String) {
    let boxes = picture.boxes.filter { !$0.text.isEmpty }
    let canvas = CGRect(x: -1, y: -1, width: Double(width) + 2, height: Double(height) + 2)
    for (index, box) in boxes.enumerated() {
      #expect(canvas.contains(box.rectangle), "\(comment): \"\(box.text)\" leaves the picture: \(box.rectangle)")
      for other in boxes[(index + 1)...] {
        #expect(!box.rectangle.intersects(other.rectangle), "\(comment): \"\(box.text)\" overlaps \"\(other.text)\"")
      }
    }
  }

  @Test(arguments: 0..<120)
  func noTwoTexts(_ seed: Int) throws {
    for (width, height) in [(960, 360), (480, 240), (320, 200), (1_600, 900)] {
      let picture = try Picture(Self.plot(seed).svg(width: width, height: height))
      Self.expectApart(picture, width: width, height: height, "plot \(seed) at \(width) × \(height)")
    }
  }

  @Test(arguments: 0..<20)
  func noTwoTextsOnASheet(_ seed: Int) throws {
    let rows = (0..<4).map { row in
      Sheet.Row(
        heading: row == 2 ? "" : String(repeating: "A heading ", count: 1 + row * 4),
        note: String(repeating: "note ", count: row * 9),
        plots: (0..<row).map { Self.plot(seed * 20 + row * 4 + $0) })
    }
    let svg = Sheet(title: "Sheet \(seed)", subtitle: "All of them", rows: rows).svg()
    let picture = try Picture(svg)
    let height = try #require(picture.all("svg")[0].number("height"))
    Self.expectApart(picture, width: 1_200, height: Int(height), "sheet \(seed)")
  }
}
