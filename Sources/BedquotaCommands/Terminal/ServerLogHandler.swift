import AWSWire
import Foundation
import Logging

/// Prints what a server logs to stderr, a line each, with the time: `2026-11-29T14:18:05Z notice: It is ready. (region: us-east-1)`.
struct ServerLogHandler: LogHandler {
  var logLevel = Logger.Level.notice
  var metadata: Logger.Metadata = [:]

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let values = metadata.merging(event.metadata ?? [:]) { _, new in new }.mapValues { "\($0)" }
    Console.printError(Self.text("\(event.level)", "\(event.message)", values, at: Date()))
  }

  static func text(_ level: String, _ message: String, _ metadata: [String: String], at date: Date) -> String {
    let values = metadata.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", ")
    return "\(date.formatted(.iso8601)) \(level): \(message)\(values.isEmpty ? "" : " (\(values))")"
  }
}
