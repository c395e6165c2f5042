import Foundation
import Testing

@testable import Reports

struct TableLayoutTests {
  private static let table = Table(
    columns: [
      .text("QUOTA"), .text("SCOPE"), .number("APPLIED"), .number("DEFAULT VALUE"), .text("CHANGE"), .text("CODE"), .text("NAME"),
    ],
    rows: [
      [
        "Nova Pro", "cross-region", "1,600,000", "800,000", "", "L-ED46B8C5",
        "Cross-region model inference tokens per minute for Amazon Nova Pro",
      ],
      [
        "Claude Opus 4.7", "global", "97.20 %", "–", "", "L-0AD9BBE8",
        "Global cross-region model inference tokens per minute for Claude",
      ],
      ["模型的名称 日本語の名前", "on-demand", "1", "2", "", "L-00000001", "名前 𠀀 ﾊﾝｶｸ 🙂"],
    ].map { $0.map { Table.Cell($0) } })

  private func lines(_ width: Int?, indent: String = "  ") -> [String] {
    Self.table.text(indent: indent, width: width).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  @Test func aPipeGetsARowALine() {
    #expect(lines(nil).count == 4 && lines(nil)[1].contains("L-ED46B8C5  Cross-region model inference tokens per minute for"))
    #expect(lines(400) == lines(nil))
  }

  @Test(arguments: [20, 30, 40, 60, 72, 80, 100, 120, 150, 200])
  func everyWordStaysWholeAndEveryLineFits(width: Int) {
    let shown = lines(width)
    #expect(shown.allSatisfy { $0.displayWidth <= width }, "\(shown)")
    let words = Set(shown.flatMap { $0.split(separator: " ") })
    for row in Self.table.rows { for cell in row { #expect(words.isSuperset(of: cell.text.split(separator: " "))) } }
  }

  @Test func columnsStandBelowOneAnother() {
    // East Asian characters take two columns each.
    let starts = lines(nil).map { line in line.range(of: "L-").map { line[..<$0.lowerBound].displayWidth } }
    #expect(Set(starts.dropFirst()).count == 1)
  }

  @Test func cellsAndHeadingsWrap() {
    let table = Table(
      columns: [.text("MODEL NAME"), .number("REQUESTS A MINUTE")], rows: [["Amazon Nova Pro", "20,000"].map { Table.Cell($0) }])
    #expect(
      table.text(width: 20) == """
        MODEL       REQUESTS
        NAME        A MINUTE
        Amazon        20,000
        Nova Pro
        """)
  }

  @Test func wideTextsMoveBelowTheirRow() {
    let table = Table(
      columns: [.text("MEASURE"), .number("APPLIED"), .text("CODE"), .text("NAME")],
      rows: [
        ["rpm", "10,000", "L-4A6BFAB1", "Cross-region model inference requests per minute for Anthropic Claude Sonnet"],
        ["tpm", "5,000,000", "L-F4DDD3EB", "Cross-region model inference tokens per minute for Anthropic Claude Sonnet"],
      ].map { $0.map { Table.Cell($0) } })
    #expect(
      table.text(width: 50) == """
        MEASURE    APPLIED  CODE
        rpm         10,000  L-4A6BFAB1
          name: Cross-region model inference requests per
          minute for Anthropic Claude Sonnet
        tpm      5,000,000  L-F4DDD3EB
          name: Cross-region model inference tokens per
          minute for Anthropic Claude Sonnet
        """)
  }

  @Test func rowsBecomeBlocksWhereNoTableFits() {
    #expect(
      Self.table.text(indent: "  ", width: 30).hasPrefix(
        """
          Nova Pro
            scope: cross-region ·
            applied: 1,600,000 ·
            default value: 800,000 ·
            code: L-ED46B8C5 ·
        """))
  }

  @Test func stylesSurvive() {
    let table = Table(columns: [.text("A"), .text("B")], rows: [[.init("one two three", .failure), .init("four five six")]])
    #expect(table.text(width: 20) == "A          B\none two    four five\nthree      six")
    let styled = table.text(usesColor: true, width: 20)
    #expect(styled.contains("\u{1B}[31mthree\u{1B}[0m") && !styled.contains("\u{1B}[31mfour"))
  }
}
