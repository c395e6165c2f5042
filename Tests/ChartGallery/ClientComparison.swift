import Charts
import Foundation
import SimulationSupport

/// The picture of scripts/benchmark-clients: docs/clients.svg.
enum ClientComparison {
  private struct Line: Decodable {
    var semantics: String
    var client: String
    var delivered: Double
    var throttled: Double
    var failed: Double
    var p99: Double?
  }

  /// Reads the comparison's lines of JSON from stdin.
  static func svg() throws -> String {
    var lines: [Line] = []
    while let line = readLine() { lines.append(try JSONDecoder().decode(Line.self, from: Data(line.utf8))) }
    return svg(lines)
  }

  private static func svg(_ lines: [Line]) -> String {
    let clients = lines.reduce(into: [String]()) { if !$0.contains($1.client) { $0.append($1.client) } }
    let semantics = lines.reduce(into: [String]()) { if !$0.contains($1.semantics) { $0.append($1.semantics) } }
    let rows = semantics.map { name in
      let own = lines.filter { $0.semantics == name }
      return Sheet.Row(
        heading: name, note: notes[name] ?? "",
        plots: [
          plot(own, clients, "Delivered of what was allowed", "%") { $0.delivered * 100 },
          plot(own, clients, "Attempts throttled", "%") { $0.throttled * 100 },
          plot(own, clients, "Requests failed", "%") { $0.failed * 100 },
          plot(own, clients, "Until the reply or error, p99", "s") { $0.p99 ?? .nan },
        ])
    }
    return Sheet(
      title: "The same work through several clients, under a quota of tokens per minute",
      subtitle: "64 workers, a quota of a third of what they would use, max_tokens four times what comes",
      summary: "For each kind of server, four bar charts with a bar for each client.", rows: rows
    ).svg(width: 1_400, rowHeight: 190)
  }

  private static let notes = [
    "bucket60": "a bucket of a minute, as Bedrock's published runs suggest", "rolling60": "the sum of the last 60 s",
    "soft": "a bucket whose rate swings by a fifth in ten minutes",
  ]

  private static func plot(
    _ lines: [Line], _ clients: [String], _ title: String, _ unit: String, _ value: (Line) -> Double
  ) -> Plot {
    Plot(
      comparing: clients, clients.map { client in lines.first { $0.client == client }.map(value) ?? .nan }, title: title,
      unit: unit)
  }
}
