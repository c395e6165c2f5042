import Charts
import Foundation
import SimulationSupport

/// The picture of scripts/benchmark-gateway: docs/gateway-benchmark.svg.
enum GatewayComparison {
  private struct Line: Decodable {
    /// What the others are measured beside: it has no figures of its own for what is added.
    static let base = "direct"

    var entrant: String
    var label: String
    /// What it adds to a call, in microseconds.
    var added50: Double
    var added99: Double
    var first50: Double
    var first99: Double
    var rate: Double
    var memory: Double
  }

  /// Reads the comparison's lines of JSON from stdin.
  static func svg() throws -> String {
    var lines: [Line] = []
    while let line = readLine() { lines.append(try JSONDecoder().decode(Line.self, from: Data(line.utf8))) }
    return svg(lines)
  }

  private static func svg(_ lines: [Line]) -> String {
    let entrants = lines.map(\.label)
    // One that takes a hundred times as long would leave nothing to see of the others.
    let fastest = lines.filter { $0.entrant != Line.base }.map(\.added50).min() ?? 0
    let isFar = { (line: Line) in line.added50 > 30 * max(fastest, 30) }
    let far = lines.filter(isFar).map(\.label)
    let near = lines.map { isFar($0) || $0.entrant == Line.base ? nil : $0 }
    let note = far.isEmpty ? "" : "\(far.joined(separator: ", ")): too long for these scales; see the table"
    return Sheet(
      title: "What a gateway adds to a call", subtitle: "1 kB there and back on loopback, in front of a mock of Bedrock",
      summary: "Bar charts with a bar for each entrant.",
      rows: [
        Sheet.Row(
          heading: "Added time", note: note,
          plots: [
            plot(entrants, "One call at a time, p50", "µs", near.map { $0?.added50 }),
            plot(entrants, "One call at a time, p99", "µs", near.map { $0?.added99 }),
            plot(entrants, "First byte of a stream, p50", "µs", near.map { $0?.first50 }),
            plot(entrants, "First byte of a stream, p99", "µs", near.map { $0?.first99 }),
          ]),
        Sheet.Row(
          heading: "Throughput and memory", note: "",
          plots: [
            plot(entrants, "64 connections, requests a second", "", lines.map(\.rate)),
            plot(entrants, "Memory after the load", "MiB", lines.map { $0.entrant == Line.base ? nil : $0.memory }),
          ]),
      ]
    ).svg(width: 1_400, rowHeight: 190)
  }

  private static func plot(_ entrants: [String], _ title: String, _ unit: String, _ values: [Double?]) -> Plot {
    Plot(comparing: entrants, values.map { $0 ?? .nan }, title: title, unit: unit, digits: 0)
  }
}
