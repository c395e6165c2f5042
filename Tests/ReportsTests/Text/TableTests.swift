import Reports
import Testing

struct TableTests {
  private let table: Table = {
    var table = Table(columns: [.text("NAME"), .number("VALUE")])
    table.rows = [[.init("a, \"b\""), .init("1")], [.init("c|d"), .init("1,000", .failure)]]
    return table
  }()

  @Test func csvQuotesWhatItMust() {
    #expect(table.csv() == "NAME,VALUE\n\"a, \"\"b\"\"\",1\nc|d,\"1,000\"")
  }

  @Test func markdownEscapesBars() {
    #expect(table.markdown() == "| NAME | VALUE |\n| --- | ---: |\n| a, \"b\" | 1 |\n| c\\|d | 1,000 |")
  }

  @Test func numbersStandToTheRightAndNothingTrails() {
    #expect(table.text() == "NAME    VALUE\na, \"b\"      1\nc|d     1,000")
    #expect(table.text(usesColor: true).hasSuffix("c|d     \u{1B}[31m1,000\u{1B}[0m"))
  }

  @Test(arguments: [
    (0.0, "0"), (999, "999"), (1_000, "1,000"), (-1_234_567, "-1,234,567"), (7_200_000_000, "7,200,000,000"), (0.5, "0.5"),
    (.infinity, "–"),
  ])
  func figures(value: Double, text: String) { #expect(Figures.grouped(Optional(value)) == text) }

  @Test func whatCouldSteerATerminalBecomesABlank() {
    var table = Table(columns: [.text("N")])
    table.rows = [[.init("a\nb\r\nc\u{1B}[31md")]]
    #expect(table.csv() == "N\n\"a\nb \nc [31md\"")
    #expect(table.markdown() == "| N |\n| --- |\n| a b  c \\[31md |")
    #expect(table.text() == "N\na b  c [31md")
  }

  @Test func unknownIsShownAsUnknown() {
    let unknown: Double? = nil
    #expect(Figures.grouped(unknown) == "–" && Figures.plain(unknown) == "")
    #expect(Figures.plain(6_000_000) == "6000000" && Figures.plain(0.5) == "0.5")
  }
}
