import AWSWire
import Foundation
import Synchronization

/// The value of the `Date` header, formatted once a second.
final class DateHeader: Sendable {
  private let last = Mutex((second: 0, text: ""))

  func now() -> String {
    let second = Int(Date().timeIntervalSince1970)
    return last.withLock { last in
      if last.second != second { last = (second, HTTPDate.format(second)) }
      return last.text
    }
  }
}
