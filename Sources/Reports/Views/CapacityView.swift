package import Bedquota
import BedrockQuotas

/// `capacity` of one id: the rates that a workload reaches under each quota.
package struct CapacityView: View {
  package var report: CapacityReport

  package init(_ report: CapacityReport) { self.report = report }

  package func json() throws -> String { try JSONOutput.encode(CapacityPayload(report)) }
  package var sheet: Table { rows(quota: Figures.plain, rate: Figures.plain) }
  package var document: Table { rows(quota: Figures.grouped, rate: Self.rate) }

  package var lines: [TerminalPart] {
    var lines: [TerminalPart] = ["\(report.id): \(headline, .bold)"]
    if !facts.isEmpty { lines.append("  \(facts.joined(separator: " · "))") }
    if !report.capacity.limits.isEmpty { lines += limits.lines(indent: "  ") }
    lines += report.advice.map { "  \($0)" }
    if let provisioned = report.provisioned, !provisioned.isEmpty {
      lines += ProvisionedView(provisioned).lines(indent: "  ")
    } else if report.provisioned != nil {
      lines.append("  No provisioned throughput of this model in the account.")
    }
    return lines
  }

  /// One row per limit, under the names that JSON has.
  private func rows(quota: (Double?) -> String, rate: (Double?) -> String) -> Table {
    Table(
      columns: [
        .text("id"), .text("measure"), .number("quota"), .text("code"), .number("requestsPerMinute"),
        .number("rollingRequestsPerMinute"), .number("requestsPerDay"), .text("binding"), .text("name"), .number("appliedValue"),
      ],
      rows: report.capacity.limits.map { limit in
        [
          report.id, limit.measure.rawValue, quota(limit.quota), limit.code ?? "",
          rate(limit.requestsPerMinute),
          rate(limit.rollingRequestsPerMinute), rate(limit.requestsPerDay),
          limit == report.capacity.binding ? "binding" : "", limit.name, quota(limit.appliedValue),
        ].map { .init($0) }
      })
  }

  private var limits: Table {
    Table(
      columns: [
        .text("LIMIT"), .number("QUOTA"), .text("CODE"), .number("REQUESTS/MIN"), .number("ROLLING WINDOW"),
        .number("REQUESTS/DAY"), .text(""), .text("NAME"),
      ],
      rows: report.capacity.limits.map { limit in
        let isBinding = limit == report.capacity.binding
        return [
          .init(limit.measure.rawValue), .init(Figures.grouped(limit.quota)), .init(limit.code ?? ""),
          .init(Self.rate(limit.requestsPerMinute), isBinding ? .warning : nil), .init(Self.rate(limit.rollingRequestsPerMinute)),
          .init(Self.rate(limit.requestsPerDay)), .init(isBinding ? "binds" : ""), .init(limit.name, .dim),
        ]
      })
  }

  private var headline: String {
    let capacity = report.capacity
    guard let perMinute = capacity.requestsPerMinute, let binding = capacity.binding else {
      return capacity.limits.isEmpty ? "no quota per minute" : "requests per minute unknown"
    }
    let code = binding.code.map { " (\($0))" } ?? ""
    return "\(Self.rate(perMinute)) requests per minute, bound by \(binding.measure.rawValue)\(code)"
  }

  private var facts: [String] {
    let (capacity, resolution) = (report.capacity, report.resolution)
    let reservation =
      capacity.cost.reservation.map { "a request reserves \(Figures.grouped($0)) tokens" }
      ?? capacity.cost.reservedOutput.map { "a request reserves its input and \(Figures.grouped($0)) tokens" }
    return [
      reservation,
      capacity.cost.final.map { "costs \(Figures.grouped($0))" },
      capacity.tokensPerMinute.map { "\(Self.rate($0)) tokens per minute" },
      capacity.requestsPerDay.map { "\(Self.rate($0)) requests per day" },
    ].compactMap { $0 } + (resolution.modelID == nil ? [] : resolution.facts(burndown: capacity.outputBurndown))
  }

  /// `571.4`; `10,000`: one decimal is enough for a plan.
  private static func rate(_ value: Double?) -> String {
    guard let value else { return Figures.grouped(nil) }
    return Figures.grouped(
      value >= 1_000 ? value.rounded() : value >= 1 ? (value * 10).rounded() / 10 : (value * 1e3).rounded() / 1e3)
  }
}
