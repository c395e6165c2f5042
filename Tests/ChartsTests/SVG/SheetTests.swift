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
    let rows = try sheet.rowSVGs(width: 900, rowHeight: 200).map { try Picture($0) }
    let rowIDs = rows.flatMap { $0.elements.compactMap { $0["id"] } }
    #expect(rows.count == 6 && Set(rowIDs).count == rowIDs.count)
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

  @Test func oneLegendOfNamesInUse() throws {
    func bars(_ name: String, _ value: Double) -> Plot {
      Plot(layers: [.bars(Bars(start: 0, step: 1, series: [Series(name: name, color: .success, values: [value])]))])
    }
    let sheet = Sheet(rows: [
      Sheet.Row(plots: [bars("used", 1), bars("used", 2)]), Sheet.Row(plots: [bars("unused", .nan), bars("", 1)]),
    ])
    #expect(try Picture(sheet.svg()).texts.count { $0 == "used" } == 1)
    #expect(!sheet.svg().contains("unused"))
    #expect(try Picture(sheet.legendSVG(width: 400)).texts == ["used"])
    #expect(Sheet(rows: []).legendSVG(width: 400) == "")
    // On a narrow page, a legend of 1,200 units would be shrunk until nobody could read it.
    let needed = try #require(sheet.legendSVG(width: 1_200).firstMatch(of: /<svg[^>]* width="(\d+)"/)?.1)
    #expect(Int(needed).map { $0 < 100 } == true)
  }

  @Test(arguments: [(-5, -5), (0, 0), (1, 100_000), (.max, .max)])
  func anySize(_ width: Int, _ height: Int) throws {
    _ = try Picture(Sheet(rows: [Sheet.Row(plots: (0..<40).map(OverlapTests.plot))]).svg(width: width, rowHeight: height))
    _ = try Picture(OverlapTests.plot(3).svg(width: width, height: height))
    _ = try Picture(Sheet().svg(width: width, rowHeight: height))
  }
}
