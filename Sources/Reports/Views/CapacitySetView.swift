package import Bedquota
import BedrockQuotas

/// `capacity` of several ids: each pool once, and what they allow together.
package struct CapacitySetView: View {
  package var capacities: CapacitySet

  package init(_ capacities: CapacitySet) { self.capacities = capacities }

  private var views: [CapacityView] { capacities.reports.map(CapacityView.init) }

  package func json() throws -> String { try JSONOutput.encode(CapacitySetPayload(capacities)) }
  package var sheet: Table { joined(views.map(\.sheet)) }
  package var document: Table { joined(views.map(\.document)) }

  package var lines: [TerminalPart] { views.flatMap { $0.lines + [""] } + [.line(total)] + notes.map { "  \($0)" } }

  private func joined(_ tables: [Table]) -> Table {
    Table(columns: tables.first?.columns ?? [], rows: tables.flatMap(\.rows))
  }

  private var total: TerminalLine {
    let known = capacities.reports.count - capacities.unknown.count
    let pools = "\(known) \(known == 1 ? "pool" : "pools") of quotas"
    guard let plain = capacities.requestsPerMinute else { return "Together: \("requests per minute unknown", .bold)" }
    let ends = capacities.requestRange.map { [$0.lowerBound, $0.upperBound].map(CapacityView.rate) } ?? []
    let rate = ends.count == 2 && ends[0] != ends[1] ? ends.joined(separator: " to ") : CapacityView.rate(plain)
    return "Together: \("\(rate) requests per minute", .bold) over \(pools)"
  }

  private var notes: [String] {
    capacities.shared.map { "\($0.id) has the quotas of \($0.with) and adds nothing." }
      + capacities.unknown.map { "\($0) is not in the sum: its rate is unknown." }
      + ["Quotas per day, which pools may share, are not in this rate."]
  }
}
