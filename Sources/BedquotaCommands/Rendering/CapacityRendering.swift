import Bedquota
import BedrockQuotas

/// `capacity` of one id, in its four forms.
enum CapacityRendering {
  static func render(_ report: CapacityReport, as format: OutputFormat, usesColor: Bool) throws -> String {
    switch format {
    case .json: try JSONOutput.encode(CapacityJSON(report))
    case .csv: rows(report, forMachines: true).csv()
    case .markdown: rows(report, forMachines: false).markdown()
    case .table: block(report, usesColor: usesColor)
    }
  }

  /// One row per limit.
  private static func rows(_ report: CapacityReport, forMachines: Bool) -> Table {
    var table = Table(columns: [
      .init("id"), .init("measure"), .init("quota", isNumber: true), .init("code"), .init("requestsPerMinute", isNumber: true),
      .init("rollingRequestsPerMinute", isNumber: true), .init("requestsPerDay", isNumber: true), .init("binding"), .init("name"),
    ])
    func number(_ value: Double?) -> String { forMachines ? Figures.plain(value) : rate(value) }
    table.rows = report.capacity.limits.map { limit in
      [
        report.id, limit.measure.rawValue, forMachines ? Figures.plain(limit.quota) : Figures.grouped(limit.quota),
        limit.code ?? "", number(limit.requestsPerMinute), number(limit.rollingRequestsPerMinute), number(limit.requestsPerDay),
        limit == report.capacity.binding ? "binding" : "", limit.name,
      ].map { Table.Cell($0) }
    }
    return table
  }

  /// `571.4`; `10,000`; one digit after the point is more than a plan needs.
  private static func rate(_ value: Double?) -> String {
    guard let value else { return Figures.grouped(nil) }
    return Figures.grouped(
      value >= 1_000 ? value.rounded() : value >= 1 ? (value * 10).rounded() / 10 : (value * 1e3).rounded() / 1e3)
  }

  private static func block(_ report: CapacityReport, usesColor: Bool) -> String {
    let capacity = report.capacity
    func bold(_ text: String) -> String { usesColor ? "\u{1B}[1m\(text)\u{1B}[0m" : text }
    var lines = ["\(report.id): \(bold(headline(capacity)))"]
    let facts = facts(report)
    if !facts.isEmpty { lines.append("  \(facts.joined(separator: " · "))") }
    if !capacity.limits.isEmpty {
      var table = Table(columns: [
        .init("LIMIT"), .init("QUOTA", isNumber: true), .init("CODE"), .init("REQUESTS/MIN", isNumber: true),
        .init("IF THE WINDOW ROLLS", isNumber: true), .init("REQUESTS/DAY", isNumber: true), .init(""), .init("NAME"),
      ])
      table.rows = capacity.limits.map { limit in
        let isBinding = limit == capacity.binding
        return [
          .init(limit.measure.rawValue), .init(Figures.grouped(limit.quota)), .init(limit.code ?? ""),
          .init(rate(limit.requestsPerMinute), color: isBinding ? 33 : nil), .init(rate(limit.rollingRequestsPerMinute)),
          .init(rate(limit.requestsPerDay)), .init(isBinding ? "binds" : ""), .init(limit.name, color: 2),
        ]
      }
      lines.append(table.text(indent: "  ", usesColor: usesColor))
    }
    lines += report.advice.map { "  \(Console.printable($0))" }
    if let provisioned = report.provisioned, !provisioned.isEmpty {
      lines.append(ProvisionedRendering.table(provisioned).text(indent: "  ", usesColor: usesColor))
    } else if report.provisioned != nil {
      lines.append("  No provisioned throughput of this model in the account.")
    }
    return lines.joined(separator: "\n")
  }

  private static func headline(_ capacity: Capacity) -> String {
    guard let perMinute = capacity.requestsPerMinute, let binding = capacity.binding else {
      return capacity.limits.isEmpty ? "no quota per minute" : "requests per minute unknown"
    }
    let code = binding.code.map { " (\($0))" } ?? ""
    return "\(rate(perMinute)) requests per minute, bound by \(binding.measure.rawValue)\(code)"
  }

  private static func facts(_ report: CapacityReport) -> [String] {
    let (capacity, resolution) = (report.capacity, report.resolution)
    let reservation =
      capacity.cost.reservation.map { "a request reserves \(Figures.grouped($0)) tokens" }
      ?? capacity.cost.reservedOutput.map { "a request reserves its input and \(Figures.grouped($0)) tokens" }
    return [
      reservation,
      capacity.cost.final.map { "costs \(Figures.grouped($0))" },
      capacity.tokensPerMinute.map { "\(rate($0)) tokens per minute" },
      capacity.requestsPerDay.map { "\(rate($0)) requests per day" },
      resolution.contextWindow.map { "context window \(Figures.grouped($0))" },
      resolution.maxOutputTokens.map { "maximum output \(Figures.grouped($0))" },
      capacity.outputBurndown.map { "an output token counts \($0)×" },
    ].compactMap { $0 }
  }
}
