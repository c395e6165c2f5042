import Logging

/// Prints warnings as other messages of the command line, and leaves everything else to another handler.
struct ConsoleLogHandler: LogHandler {
  private var others: any LogHandler

  init(others: any LogHandler) { self.others = others }

  var logLevel: Logger.Level {
    get { others.logLevel }
    set { others.logLevel = newValue }
  }
  var metadata: Logger.Metadata {
    get { others.metadata }
    set { others.metadata = newValue }
  }
  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { others[metadataKey: key] }
    set { others[metadataKey: key] = newValue }
  }

  func log(event: LogEvent) {
    guard event.level == .warning else { return others.log(event: event) }
    Console.printError(Self.text("\(event.message)", (event.metadata ?? [:]).mapValues { "\($0)" }))
  }

  /// `bedquota: Warning: Something is odd. (where: here)`
  static func text(_ message: String, _ metadata: [String: String]) -> String {
    let values = metadata.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", ")
    return "bedquota: Warning: \(message)\(values.isEmpty ? "" : " (\(values))")"
  }
}
