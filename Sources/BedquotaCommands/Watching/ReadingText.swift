import Reports
import Synchronization

/// The text of what was read, kept until the next reading, successful or not: Prometheus scrapes more often than CloudWatch is read.
final class ReadingText: Sendable {
  struct Key: Equatable {
    /// ``UsageWatch/State/version``
    var version: Int
    var format: ExpositionFormat
  }

  private let last = Mutex<(key: Key, text: String)?>(nil)

  /// - Parameter make: called if the text has changed.
  func text(_ key: Key, make: () -> String) -> String {
    if let text = last.withLock({ $0?.key == key ? $0?.text : nil }) { return text }
    let text = make()
    last.withLock { $0 = (key, text) }
    return text
  }
}
