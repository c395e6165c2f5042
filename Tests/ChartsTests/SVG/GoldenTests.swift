import Charts
import Foundation
import Testing

struct GoldenTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")
  private static let day = 1_763_938_800.0
  private static let oneDay = XAxis.time(day...day + 86_400) { _ in 3_600 }

  private static func stacked(_ count: Int) -> Layer {
    let succeeded = (0..<count).map { Double(($0 * 37) % 101) }
    let throttled = (0..<count).map { $0 % 11 == 0 ? Double($0 % 17) : 0 }
    return .bars(
      Bars(
        start: day, step: 86_400 / Double(count),
        series: [
          Series(name: "accepted", color: .success, values: succeeded),
          Series(name: "throttled", color: .throttled, values: throttled),
        ]))
  }

  private static func points(_ y: (Int) -> Double) -> [(x: Double, y: Double)] {
    (0..<30).map { (x: Double($0), y: y($0)) }
  }

  private static let hours = Plot(
    title: "By the hour", subtitle: "amazon.nova-pro-v1:0", summary: "Requests of a day.", x: oneDay, yTitle: "requests",
    layers: [stacked(24)],
    limits: [Limit(value: 100, name: "quota 100/h")])
  private static let minutes = Plot(title: "By the minute", x: oneDay, yTitle: "requests", layers: [stacked(1_440)])
  private static let lines = Plot(
    title: "Lines", x: .linear(nil, title: "requests at once"), yTitle: "seconds",
    layers: [
      .area(Line(name: "Area", color: .skyBlue, points: points { Double(($0 * 7) % 13) })),
      .line(Line(name: "Line", color: .blue, points: points { $0 % 9 == 4 ? .nan : Double(($0 * 5) % 11) })),
      .line(Line(name: "Dashed", color: .vermilion, points: [(0, 2), (29, 9)], isDashed: true)),
      .points(Line(name: "Points", color: .orange, points: points { Double(($0 * 3) % 7) })),
    ])
  private static let empty = Plot(
    title: "Empty", x: oneDay, yTitle: "requests", limits: [Limit(value: 5, name: "quota")], emptyNote: "No data for X")
  private static let above = Plot(
    title: "Above <&>", x: oneDay, yTitle: "requests", layers: [stacked(96)],
    limits: [Limit(value: 10_000, name: "quota 10,000/min")])
  private static let summer = Plot(
    title: "Clocks go back", x: .time(1_761_400_800...1_761_490_800) { $0 < 1_761_440_400 ? 7_200 : 3_600 }, yTitle: "requests",
    layers: [
      .bars(
        Bars(
          start: 1_761_400_800, step: 900, series: [Series(name: "a", color: .purple, values: (0..<100).map { Double($0 % 9) })]))
    ])
  private static let beside = Plot(
    title: "Beside", x: .linear(0...30, title: "seconds"), yTitle: "requests/min", isCount: true,
    layers: [
      .bars(
        Bars(
          start: 0, step: 1,
          series: [
            Series(name: "accepted", color: .success, values: (0..<30).map { $0 == 2 ? 4 : 2 }),
            Series(name: "throttled", color: .throttled, values: (0..<30).map { $0 % 7 == 5 ? 1 : 0 }),
          ]))
    ],
    limits: [Limit(value: 2, name: "found: 2 requests/min"), Limit(value: 2.1, name: "quota 2.1 requests/min")],
    limitsAreNamedBeside: true)
  private static let sheet = Sheet(
    title: "Sheet", subtitle: "Two rows", summary: "Some plots.",
    rows: [
      Sheet.Row(heading: "First", note: "0.5 % throttled", plots: [hours, above]),
      Sheet.Row(heading: "Second", plots: [empty, lines]),
    ])

  private static let pictures: [String: String] = [
    "hours": hours.svg(width: 720, height: 280), "minutes": minutes.svg(), "lines": lines.svg(), "empty": empty.svg(),
    "above": above.svg(), "summer": summer.svg(), "sheet": sheet.svg(), "panel": sheet.panelSVGs()[0][0], "beside": beside.svg(),
  ]

  @Test(arguments: pictures.keys.sorted())
  func picture(_ name: String) throws {
    let svg = try #require(Self.pictures[name])
    _ = try Picture(svg)
    let file = Self.folder.appending(path: "\(name).svg")
    if ProcessInfo.processInfo.environment["BEDQUOTA_UPDATE_GOLDEN"] == "1" {
      try FileManager.default.createDirectory(at: Self.folder, withIntermediateDirectories: true)
      try Data(svg.utf8).write(to: file)
    }
    let golden = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    let difference = zip(svg.split(separator: "\n"), golden.split(separator: "\n")).first { $0 != $1 }
    #expect(
      svg == golden,
      """
      \(file.path) differs, first in "\((difference?.0 ?? "its length").prefix(200))". If the change is meant, look at the picture \
      (scripts/check-charts) and rewrite the files: BEDQUOTA_UPDATE_GOLDEN=1 swift test --filter ChartsTests
      """)
  }
}
