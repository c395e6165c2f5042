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
    var lines: [TerminalPart] = ["\(report.id)\(report.endpoint == .mantle ? " (mantle)" : ""): \(headline, .bold)"]
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

  /// One row per limit, under the names that JSON has; the ends of ranges are in columns of their own.
  private func rows(quota: (Double?) -> String, rate: (Double?) -> String) -> Table {
    let ranges = ["requestsPerMinute", "rollingRequestsPerMinute"].flatMap { ["\($0)Lower", "\($0)Upper"] }
    let columns: [Table.Column] = [
      .text("id"), .text("measure"), .number("quota"), .text("code"), .number("requestsPerMinute"),
      .number("rollingRequestsPerMinute"), .number("requestsPerDay"), .text("binding"), .text("name"),
    ]
    return Table(
      columns: columns + [.number("appliedValue")] + ranges.map { .number($0) },
      rows: report.capacity.limits.enumerated().map { index, limit in
        let bounds = [\CapacityLimit.requestsPerMinute, \.rollingRequestsPerMinute].map { figure in
          report.range.bounds { $0.limits[index][keyPath: figure] }.flatMap { $0.isWide ? $0 : nil }
        }
        let cells = [
          report.id, limit.measure.rawValue, quota(limit.quota), limit.code ?? "", rate(limit.requestsPerMinute),
          rate(limit.rollingRequestsPerMinute), rate(limit.requestsPerDay),
          limit == report.capacity.binding ? "binding" : "", limit.name, quota(limit.appliedValue),
        ]
        return (cells + bounds.flatMap { [rate($0?.lower), rate($0?.upper)] }).map { .init($0) }
      })
  }

  private var limits: Table {
    Table(
      columns: [
        .text("LIMIT"), .number("QUOTA"), .text("CODE"), .number("REQUESTS/MIN"), .number("ROLLING WINDOW"),
        .number("REQUESTS/DAY"), .text(""), .text("NAME"),
      ],
      rows: report.capacity.limits.enumerated().map { index, limit in
        let isBinding = limit == report.capacity.binding
        return [
          .init(limit.measure.rawValue), .init(Figures.grouped(limit.quota)), .init(limit.code ?? ""),
          .init(rate(\.requestsPerMinute, index), isBinding ? .warning : nil), .init(rate(\.rollingRequestsPerMinute, index)),
          .init(rate(\.requestsPerDay, index)), .init(isBinding ? "binds" : ""), .init(limit.name, .dim),
        ]
      })
  }

  private var headline: String {
    let capacity = report.capacity
    guard let perMinute = capacity.requestsPerMinute, let binding = capacity.binding else {
      return capacity.limits.isEmpty ? "no quota per minute" : "requests per minute unknown"
    }
    func name(_ limit: CapacityLimit) -> String { "\(limit.measure.rawValue)\(limit.code.map { " (\($0))" } ?? "")" }
    let rate = ends(perMinute, report.range.bounds(\.requestsPerMinute), Self.rate)
    let other = report.range.strict?.binding.flatMap { $0.code == binding.code ? nil : " or \(name($0))" } ?? ""
    return "\(rate) requests per minute, bound by \(name(binding))\(other)"
  }

  private var facts: [String] {
    let (capacity, resolution) = (report.capacity, report.resolution)
    let reserved = capacity.cost.reservation.map { reservation in
      ends(Double(reservation), report.range.bounds { $0.cost.reservation.map(Double.init) }, Figures.grouped)
    }
    let reservation =
      reserved.map { "a request reserves \($0) tokens" }
      ?? capacity.cost.reservedOutput.map { "a request reserves its input and \(Figures.grouped($0)) tokens" }
    return [
      reservation,
      capacity.cost.final.map { "costs \(Figures.grouped($0))" },
      capacity.tokensPerMinute.map {
        "\(ends($0, report.range.bounds(\.tokensPerMinute), Self.rate)) tokens per minute"
      },
      capacity.requestsPerDay.map { "\(ends($0, report.range.bounds(\.requestsPerDay), Self.rate)) requests per day" },
    ].compactMap { $0 }
      + (resolution.modelID == nil && capacity.outputBurndown == nil ? [] : resolution.facts(burndown: capacity.outputBurndown))
  }

  private func rate(_ figure: (CapacityLimit) -> Double?, _ index: Int) -> String {
    let plain = figure(report.capacity.limits[index])
    return ends(plain, report.range.bounds { figure($0.limits[index]) }, Self.rate)
  }

  /// `18.9 to 94.3`, if the reservation makes a difference that shows.
  private func ends(_ plain: Double?, _ bounds: CapacityRange.Bounds?, _ text: (Double?) -> String) -> String {
    guard let bounds, bounds.isWide else { return text(plain) }
    let (lower, upper) = (text(bounds.lower), text(bounds.upper))
    return lower == upper ? text(plain) : "\(lower) to \(upper)"
  }

  /// `571.4`; `10,000`: one decimal is enough for a plan.
  static func rate(_ value: Double?) -> String {
    guard let value else { return Figures.grouped(nil) }
    return Figures.grouped(
      value >= 1_000 ? value.rounded() : value >= 1 ? (value * 10).rounded() / 10 : (value * 1e3).rounded() / 1e3)
  }
}
