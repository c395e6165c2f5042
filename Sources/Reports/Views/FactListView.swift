package import BedrockQuotas
package import Foundation

/// `facts`: the dated facts with their age, value and source.
package struct FactListView: View {
  private let facts: [(fact: DatedFact, months: Int?)]

  /// - Parameter now: the time up to which ages are counted.
  package init(_ facts: [DatedFact], now: Date) {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    let date = calendar.dateComponents([.year, .month], from: now)
    self.facts = facts.map { ($0, $0.months(to: date.year ?? 0, date.month ?? 1)) }
  }

  package func json() throws -> String {
    try JSONOutput.encode(facts.map { FactPayload(fact: $0.fact, ageMonths: $0.months) })
  }

  package var lines: [TerminalPart] { document.lines() }

  /// Every field, under the names that JSON has.
  package var sheet: Table {
    Table(
      columns: ["fact", "subject", "value", "asOf", "ageMonths", "source"].map { .text($0) },
      rows: facts.map { fact, months in
        [
          fact.kind.rawValue, fact.subject, fact.value?.plain ?? "", fact.asOf ?? "", months.map { "\($0)" } ?? "",
          fact.source ?? "",
        ].map { .init($0) }
      })
  }

  package var document: Table {
    Table(
      columns: [.text("FACT"), .text("OF"), .text("VALUE"), .text("AGE"), .text("SOURCE")],
      rows: facts.map { fact, months in
        [
          .init(fact.kind.words), .init(fact.subject), fact.value.map { .init($0.words) } ?? .init("unknown", .warning),
          .init(Self.age(months)), .init(fact.source ?? "none was found", .dim),
        ]
      })
  }

  private static func age(_ months: Int?) -> String {
    switch months {
    case nil: "–"
    case 0: "this month"
    case 1: "1 month"
    case let months?: "\(months) months"
    }
  }
}

extension DatedFact.Kind {
  /// The kind as a table names it.
  var words: String {
    switch self {
    case .contextWindow: "context window"
    case .maxOutputTokens: "maximum output"
    case .outputBurndown: "burndown"
    case .reservationFactor: "reservation factor"
    case .quotaName: "name in quotas"
    case .countTokens: "CountTokens"
    case .mediaTokens: "tokens of media"
    case .throttleText: "text of a 429"
    case .metric: "metric"
    case .mantlePath: "bedrock-mantle"
    }
  }
}

extension DatedFact.Value {
  /// For people: `128,000`, `64,000 to 128,000 (sources disagree)`.
  fileprivate var words: String {
    switch self {
    case .figure(let range) where range.isExact: Figures.grouped(range.lowerBound)
    case .figure(let range): "\(NumberText.range(range)) (sources disagree)"
    case .text(let text): text
    }
  }

  /// For spreadsheets: `128000`, `64000–128000`.
  fileprivate var plain: String {
    switch self {
    case .figure(let range) where range.isExact: "\(range.lowerBound)"
    case .figure(let range): Figures.plainRange(range)
    case .text(let text): text
    }
  }
}
