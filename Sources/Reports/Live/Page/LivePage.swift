import Foundation
import Mustache

/// The live page of a ``LiveStatus``: one HTML document that needs nothing else, and works without its script.
package struct LivePage: Sendable {
  /// The HTML of each part, by the id of its element.
  package let parts: [String: String]
  /// The ids of the pools' cards, the most urgent first, and else as the status has them.
  package let order: [String]

  private let cards: [PoolKey: String]
  private let status: LiveStatus

  /// Parsed once. It is ours, so if it could not be parsed, no page could be made.
  private static let template = Result {
    try MustacheTemplate(string: compact(String(decoding: PackageResources.live_mustache, as: UTF8.self)))
  }

  /// Without what only its authors read: indentation, and the lines of comments.
  private static func compact(_ text: String) -> String {
    text.split(separator: "\n").map { $0.drop { $0 == " " } }.filter { !$0.hasPrefix("//") }.joined(separator: "\n")
  }

  package init(_ status: LiveStatus) {
    self.status = status
    let tables = LiveTables(status: status)
    var parts: [String: String] = [
      "lead": LiveLead(status: status).html.string, "attention": LiveAttention(status: status).html.string,
      "callers-part": tables.callers.string, "routes-part": tables.routes.string, "accounts-part": tables.accounts.string,
      "gateway-part": tables.gateway.string,
    ]
    var cards: [PoolKey: String] = [:]
    var keys: [(key: PoolKey, urgency: LiveUrgency)] = []
    for pool in status.pools {
      let key = PoolKey(pool)
      // Two cards with one id would be shown one over the other.
      guard cards[key] == nil else { continue }
      let card = PoolCard(pool: pool, key: key, source: status.source)
      (parts[key.now], parts[key.hour]) = (card.now.string, card.hour.string)
      cards[key] = card.html.string
      keys.append((key, pool.urgency))
    }
    let urgent = [LiveUrgency.full, .high, .calm].flatMap { level in keys.filter { $0.urgency == level } }
    order = urgent.map(\.key.text)
    (self.parts, self.cards) = (parts, cards)
  }

  /// The whole page. Each has a number of its own that lets its script run, and no other.
  package func html() throws -> String {
    var random = SystemRandomNumberGenerator()
    let nonce = (0..<2).map { _ in String(random.next(), radix: 36) }.joined()
    return try html(nonce: nonce)
  }

  func html(nonce: String) throws -> String {
    func part(_ id: String) -> String { parts[id] ?? "" }
    let cards = Dictionary(uniqueKeysWithValues: cards.map { ($0.key.text, $0.value) })
    return try Self.template.get().render([
      "nonce": nonce, "at": LiveWords.full(status.at), "isGateway": status.source == .gateway,
      "cards": order.compactMap { cards[$0] }.joined(), "lead": part("lead"), "attention": part("attention"),
      "callers": part("callers-part"), "routes": part("routes-part"), "accounts": part("accounts-part"),
      "gateway": part("gateway-part"),
    ])
  }

  /// The cards of pools that were not there before, and the parts of all else that differ.
  /// - Parameter shown: what a browser shows.
  func changes(since shown: LivePage?) -> [String: String] {
    var changes = parts.filter { shown?.parts[$0.key] != $0.value }
    for (key, card) in cards where shown?.cards[key] == nil {
      (changes[key.now], changes[key.hour]) = (nil, nil)
      changes[key.text] = card
    }
    return changes
  }

  package var at: Timestamp { status.at }
}
