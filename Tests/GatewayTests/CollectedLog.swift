import Logging
import Synchronization

/// What was logged.
final class CollectedLog: Sendable {
  private struct Line {
    var level: Logger.Level
    var message: String
    /// Sorted by name, each with a space before it.
    var metadata: String
  }

  private let state = Mutex<[Line]>([])
  /// Messages with their metadata.
  var lines: [String] { state.withLock { $0.map { $0.message + $0.metadata } } }
  /// Levels with the metadata of their messages.
  var levels: [String] { state.withLock { $0.map { $0.level.rawValue + $0.metadata } } }
  var logger: Logger { Logger(label: "test") { _ in Handler(log: self) } }

  private struct Handler: LogHandler {
    let log: CollectedLog
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      let values = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }
      log.state.withLock { $0.append(Line(level: event.level, message: "\(event.message)", metadata: values.joined())) }
    }
  }
}
