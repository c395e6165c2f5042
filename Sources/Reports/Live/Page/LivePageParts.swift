import Foundation

/// What one browser shows of the live page, and the events that keep it up to date.
///
/// The data of an event is JSON: `parts`, the HTML of elements by their id; `order`, the ids of all cards, if it has changed;
/// `at`, when the figures were true.
package struct LivePageParts: Sendable {
  private var shown: LivePage?

  /// - Parameter shown: what the browser shows already; nil: unknown, so the first event has all parts.
  package init(shown: LivePage? = nil) { self.shown = shown }

  /// The data of the next event, on one line; nil: nothing has changed but the time.
  package mutating func changes(to status: LiveStatus) -> String? { changes(to: LivePage(status)) }

  /// Several browsers can share a page that was made once.
  package mutating func changes(to page: LivePage) -> String? {
    let parts = page.changes(since: shown)
    let order = page.order == shown?.order ? nil : page.order
    shown = page
    guard !parts.isEmpty || order != nil else { return nil }
    return Self.line(Event(at: page.at, order: order, parts: parts))
  }

  /// The data of an event without changes. The page takes the connection for lost if it hears nothing for 30 seconds.
  package static func beat(at: Timestamp) -> String { line(Event(at: at, order: nil, parts: nil)) }

  private struct Event: Encodable {
    var at: Timestamp
    var order: [String]?
    var parts: [String: String]?
  }

  private static func line(_ event: Event) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Nothing in it can fail to be encoded: texts and a time.
    guard let data = try? encoder.encode(event) else { return "{}" }
    return String(decoding: data, as: UTF8.self)
  }
}
