import Charts
import Testing

struct SheetTests {
  private let sheet = Sheet(
    title: "All",
    rows: (0..<6).map { row in
      Sheet.Row(heading: "Model \(row)", note: "note", plots: [OverlapTests.plot(row * 2 + 1), OverlapTests.plot(row * 2 + 2)])
    })

  @Test func idsAreUniqueAndNamed() throws {
    let picture = try Picture(sheet.svg())
    let ids = picture.elements.compactMap { $0["id"] }
    #expect(Set(ids).count == ids.count)
    for element in picture.elements {
      guard let names = element["aria-labelledby"] else { continue }
      #expect(element["role"] == "img" || element["role"] == "group")
      for name in names.split(separator: " ") { #expect(ids.contains(String(name))) }
    }
    let panels = try sheet.panelSVGs().joined().map { try Picture($0) }
    let panelIDs = panels.flatMap { $0.elements.compactMap { $0["id"] } }
    #expect(panels.count == 12 && Set(panelIDs).count == panelIDs.count)
  }

  @Test func plotsBelowEachOtherAlign() throws {
    let plots = try Picture(sheet.svg()).all("g", class: "plot")
    #expect(plots.count == 12)
    for column in 0..<2 {
      let below = plots.enumerated().filter { $0.offset % 2 == column }.map(\.element)
      #expect(Set(below.map { $0["data-left"] }).count == 1 && Set(below.map { $0["data-right"] }).count == 1)
    }
    for row in 0..<6 { #expect(plots[row * 2]["data-top"] == plots[row * 2 + 1]["data-top"]) }
  }

  @Test func panelsAlignAndLeaveTheirStyleToThePage() throws {
    let rows = try sheet.panelSVGs(width: 320, height: 190).map { try $0.map { try Picture($0) } }
    let plots = rows.map { row in row.flatMap { $0.all("g", class: "plot") } }
    #expect(Set(plots.joined().map { $0["data-left"] }).count == 1)
    for row in plots { #expect(Set(row.map { $0["data-bottom"] }).count == 1) }
    for picture in rows.joined() {
      #expect(picture.all("style").isEmpty)
      OverlapTests.expectApart(picture, width: 320, height: 190, "panel")
    }
  }

  @Test(arguments: [("", "", "", "Chart"), ("", "", "requests/min", "requests/min"), ("", "T", "y", "T"), ("N", "T", "y", "N")])
  func aPlotSaysWhatItShows(_ name: String, _ title: String, _ yTitle: String, _ expected: String) throws {
    let plot = Plot(title: title, name: name, yTitle: yTitle)
    #expect(try Picture(plot.svg()).all("title").first?.text == expected)
    #expect(try Picture(Sheet(rows: [Sheet.Row(plots: [plot])]).svg()).all("title").last?.text == expected)
  }

  @Test func oneLegendOfNamesInUse() throws {
    func bars(_ name: String, _ value: Double) -> Plot {
      Plot(layers: [.bars(Bars(start: 0, step: 1, series: [Series(name: name, color: .success, values: [value])]))])
    }
    let sheet = Sheet(rows: [
      Sheet.Row(plots: [bars("used", 1), bars("used", 2)]), Sheet.Row(plots: [bars("unused", .nan), bars("", 1)]),
    ])
    #expect(try Picture(sheet.svg()).texts.count { $0 == "used" } == 1)
    #expect(!sheet.svg().contains("unused"))
    // On a page, each plot has its own: one for all is out of sight on a phone.
    #expect(try sheet.panelSVGs().joined().count { try Picture($0).texts.contains("used") } == 2)
  }

  @Test(arguments: [(-5, -5), (0, 0), (1, 100_000), (.max, .max)])
  func anySize(_ width: Int, _ height: Int) throws {
    _ = try Picture(Sheet(rows: [Sheet.Row(plots: (0..<40).map(OverlapTests.plot))]).svg(width: width, rowHeight: height))
    for svg in Sheet(rows: [Sheet.Row(plots: [OverlapTests.plot(3)])]).panelSVGs(width: width, height: height).joined() {
      _ = try Picture(svg)
    }
    _ = try Picture(OverlapTests.plot(3).svg(width: width, height: height))
    _ = try Picture(Sheet().svg(width: width, rowHeight: height))
  }
}
