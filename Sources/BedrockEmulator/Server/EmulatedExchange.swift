package import Foundation

/// A request as it came over the wire.
package struct EmulatedRequest: Sendable {
  package var method: String
  /// Path and query, still percent-encoded.
  package var target: String
  package var headers: [(name: String, value: String)]
  package var body: Data

  package init(method: String, target: String, headers: [(name: String, value: String)], body: Data) {
    self.method = method
    self.target = target
    self.headers = headers
    self.body = body
  }

  func header(_ name: String) -> String? { headers.first { $0.name.lowercased() == name }?.value }

  var path: Substring { target.prefix { $0 != "?" } }

  /// Decoded names and values of the query string.
  var query: [String: String] {
    Self.pairs(target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).dropFirst().first ?? "")
  }

  /// Decoded names and values of a form in the body.
  var form: [String: String] { Self.pairs(Substring(decoding: body, as: UTF8.self)) }

  private static func pairs(_ text: Substring) -> [String: String] {
    var pairs: [String: String] = [:]
    for pair in text.split(separator: "&") {
      let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      // In a form, a plus is a space; in AWS's query strings it never stands for itself either.
      func decoded(_ side: Substring) -> String { side.replacing("+", with: " ").removingPercentEncoding ?? String(side) }
      pairs[decoded(sides[0])] = sides.count > 1 ? decoded(sides[1]) : ""
    }
    return pairs
  }
}

/// A reply, ready for the wire.
package struct EmulatedResponse: Sendable {
  package var status: Int
  package var headers: [(name: String, value: String)]
  package var body: Data

  static func json(_ body: Data, version: String? = nil) -> EmulatedResponse {
    EmulatedResponse(
      status: 200, headers: [("Content-Type", version.map { "application/x-amz-json-\($0)" } ?? "application/json")], body: body)
  }
}

/// An error that AWS would answer with, before a protocol gives it its form.
struct AWSFault: Error {
  var code: String
  var message: String
  /// nil: the protocol's usual one.
  var status: Int?
  /// Modelled errors of Service Quotas spell the member `Message`; errors of the front door, `message`.
  var isModelled = true
}
