import AdmissionControl
package import Bedquota
import BedrockQuotas
import FleetStore
import Foundation

/// `fleet status`: what a store knows of the scopes that a fleet shares.
package struct FleetStatusView: View {
  package var readings: [FleetControl.Reading]
  package var time: LocalTime

  package init(_ readings: [FleetControl.Reading], time: LocalTime = LocalTime()) {
    self.readings = readings
    self.time = time
  }

  package func json() throws -> String { try JSONOutput.encode(FleetPayload(readings)) }

  package var sheet: Table { members(Figures.plain) }
  package var document: Table { members(Figures.grouped) }

  package var lines: [TerminalPart] {
    guard !readings.isEmpty else { return ["The store knows no scope: no member has run in the last two days."] }
    return readings.enumerated().flatMap { index, reading in (index > 0 ? [""] : []) + lines(of: reading) }
  }

  private func lines(of reading: FleetControl.Reading) -> [TerminalPart] {
    let head = reading.id.map { "\($0)  \(reading.scope.name)" } ?? reading.scope.name
    guard let status = reading.status else {
      return [TerminalPart(stringLiteral: head), "The store has not heard of it in the last two days."]
    }
    let milliseconds = Figures.grouped((reading.roundTrip / .milliseconds(1) * 10).rounded() / 10)
    var parts: [TerminalPart] = [
      TerminalPart(stringLiteral: head),
      TerminalPart(
        stringLiteral:
          "\(status.present.count) member\(status.present.count == 1 ? "" : "s"), \(status.waiting) with requests that wait; the store answered in \(milliseconds) ms"
      ),
    ]
    if let origin = reading.limitsOrigin(time) { parts.append(TerminalPart(stringLiteral: origin)) }
    parts.append(.table(meters(of: reading, status), indent: ""))
    if !status.members.isEmpty { parts.append(.table(members(of: reading, status), indent: "")) }
    return parts
  }

  private func meters(of reading: FleetControl.Reading, _ status: FleetStatus) -> Table {
    Table(
      columns: [.text("LIMIT"), .number("VALUE"), .number("FREE NOW")],
      rows: status.meters.indices.map { index in
        let meter = status.meters[index]
        return [
          .init(reading.name(ofMeter: index)), .init(Figures.grouped(Double(meter.limit.whole))),
          .init(Figures.grouped(Double(meter.level)), meter.level < 0 ? .warning : nil),
        ]
      })
  }

  private func members(of reading: FleetControl.Reading, _ status: FleetStatus) -> Table {
    Table(
      columns: [
        .text("MEMBER"), .number("WEIGHT"), .text("WAITS"), .number("HEARD OF"), .number("SHARE"), .number("WITHOUT STORE"),
      ],
      rows: status.processes.map { member in
        return [
          .init(member.name), .init(Figures.grouped(Double(member.weight) / 100)), .init(member.isWaiting ? "yes" : ""),
          .init(
            member.silence.map { "\(Figures.grouped((Double($0) / 1_000).rounded())) s ago" } ?? "–",
            member.isPresent ? nil : .warning),
          .init("\(Figures.grouped((Double(member.share) / 10_000).rounded())) %"),
          .init(member.fallback == 0 ? "" : Figures.grouped(Double(member.fallback))),
        ]
      })
  }

  private func members(_ number: (Double?) -> String) -> Table {
    let rows = readings.flatMap { reading in
      (reading.status?.processes ?? []).map { member -> [String] in
        [
          reading.id ?? "", reading.scope.name, member.name, number(Double(member.weight) / 100), "\(member.isWaiting)",
          number(member.silence.map { Double($0) / 1_000 }), number(Double(member.share) / 1_000_000),
          number(Double(member.fallback)),
        ]
      }
    }
    return Table(
      columns: [
        .text("id"), .text("scope"), .text("member"), .number("weight"), .text("waiting"), .number("silentSeconds"),
        .number("share"), .number("usedWithoutStore"),
      ], rows: rows.map { $0.map { .init($0) } })
  }
}

extension FleetControl.Reading {
  /// What a meter counts, as quotas call it.
  func name(ofMeter index: Int) -> String {
    if let measures { return measures[index].quotaMeasure.rawValue }
    return switch status?.meters[index].limit.kind {
    case .minute, nil: "per minute"
    case .day: "per day"
    case .concurrency: "concurrent"
    }
  }

  /// Where the limits come from, as a sentence; nil: they are the account's quotas.
  func limitsOrigin(_ time: LocalTime) -> String? {
    switch status?.limitsOrigin {
    case .quotas, nil: nil
    case .learnt: "The limits are below the quotas, because the service throttled requests that these had room for."
    case .manual(let until):
      "The limits were set by hand, and count more than the quotas until \(time.minute(Int(until / 1_000)))."
    }
  }
}

extension FleetStatus {
  var present: [Member] { processes.filter(\.isPresent) }
  var waiting: Int { processes.count { $0.isWaiting } }
}
