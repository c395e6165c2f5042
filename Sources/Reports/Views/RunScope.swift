package import Bedquota
package import BedrockQuotas

/// A scope of a run: its quotas, and what it has done.
package struct RunScope: Sendable {
  /// What tells it from the others; empty if it is the only one.
  package var label: String
  package var resolution: Resolution
  package var statistics: ClientStatistics

  package init(label: String = "", _ resolution: Resolution, _ statistics: ClientStatistics) {
    (self.label, self.resolution, self.statistics) = (label, resolution, statistics)
  }

  /// The most requests per minute of a size, however short the replies; nil if it can't be known.
  func requestsPerMinute(inputTokens: Int) -> Double? {
    func value(_ measure: QuotaMeasure) -> Double? { resolution.effectiveValue(measure) }
    return [value(.rpm), (value(.tpm) ?? value(.inputTPM)).map { $0 / Double(max(inputTokens, 1)) }].compactMap(\.self).min()
  }
}

/// All scopes of a run, each with quotas of its own.
extension [RunScope] {
  package init(_ client: some ModelClient) {
    self = client.candidates.map { RunScope(label: $0.label, $0.client.resolution, $0.client.statistics) }
  }

  /// The ids, each once.
  var ids: [String] {
    var seen: Set<String> = []
    return map(\.resolution.id).filter { seen.insert($0).inserted }
  }

  /// The sum of a quota over the scopes; nil if it isn't known of one of them.
  func limit(_ measure: QuotaMeasure) -> Double? {
    let limits = compactMap { $0.resolution.effectiveValue(measure) }
    return limits.count == count && !isEmpty ? limits.reduce(0, +) : nil
  }

  /// The measures per minute that one of the scopes has.
  private var measures: [QuotaMeasure] {
    [.rpm, .tpm, .inputTPM, .outputTPM].filter { measure in contains { $0.resolution.effectiveValue(measure) != nil } }
  }

  /// The quotas of each scope, and their sum.
  var quotas: Table {
    func cell(_ value: Double?) -> Table.Cell { Table.Cell(value.map(NumberText.whole) ?? "unknown") }
    let rows = map { scope in
      [Table.Cell(scope.label), Table.Cell(scope.resolution.id)] + measures.map { cell(scope.resolution.effectiveValue($0)) }
    }
    let sum = [Table.Cell("together"), ""] + measures.map { cell(limit($0)) }
    return Table(
      columns: [.text("SCOPE"), .text("ID")] + measures.map { .number($0.rawValue.uppercased()) }, rows: rows + [sum])
  }

  /// What was sent to each scope, and what the replies used.
  var work: Table {
    func row(_ label: String, _ figures: [Int]) -> [Table.Cell] {
      [Table.Cell(label)] + figures.map { Table.Cell(Figures.grouped($0)) }
    }
    let figures = map { scope in
      let done = scope.statistics
      return [done.attempted, done.succeeded, done.throttled, done.inputTokens, done.outputTokens]
    }
    let sum = figures.reduce([0, 0, 0, 0, 0]) { zip($0, $1).map { $0 + $1 } }
    let names = ["SENT", "SUCCEEDED", "THROTTLED", "INPUT TOKENS", "OUTPUT TOKENS"]
    return Table(
      columns: [.text("SCOPE")] + names.map { .number($0) },
      rows: zip(self, figures).map { row($0.label, $1) } + [row("together", sum)])
  }
}
