package import Foundation

/// A request as it was received.
package struct ServerRequest: Sendable {
  package var method: String
  /// Path and query, still percent-encoded.
  package var target: String
  /// In their order; names in lower case.
  package var headers: [(name: String, value: String)]
  package var body: Data
  /// The client's address without its port; empty if there is none.
  package var peer = ""
  /// Who waits for the reply.
  package var client = ClientPresence.certain

  package init(method: String, target: String, headers: [(name: String, value: String)], body: Data) {
    self.method = method
    self.target = target
    self.headers = headers.map { ($0.name.lowercased(), $0.value) }
    self.body = body
  }

  init(method: String, target: String, lowercased headers: [(name: String, value: String)]) {
    self.method = method
    self.target = target
    self.headers = headers
    body = Data()
  }

  /// The value of the first header of this name.
  /// - Parameter name: in lower case.
  package func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

  /// The target without its query, still percent-encoded.
  package var path: Substring { target[..<(target.utf8.firstIndex(of: UInt8(ascii: "?")) ?? target.endIndex)] }

  /// Whether the path begins with an ASCII text. Comparing bytes is many times faster than comparing characters.
  package func pathBegins(with text: StaticString) -> Bool {
    text.withUTF8Buffer { path.utf8.starts(with: $0) }
  }

  /// Where the signature names its scope: the Authorization header, or the credential in the query of a presigned URL. It is not
  /// verified.
  package var signatureScope: String? { header("authorization") ?? query["X-Amz-Credential"] }

  /// Decoded names and values of the query string.
  package var query: [String: String] {
    Self.pairs(target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).dropFirst().first ?? "")
  }

  /// Decoded names and values of a form in the body.
  package var form: [String: String] { Self.pairs(Substring(decoding: body, as: UTF8.self)) }

  private static func pairs(_ text: Substring) -> [String: String] {
    var pairs: [String: String] = [:]
    for pair in text.split(separator: "&") {
      let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      // A plus is a space in a form, and AWS's clients never send a literal one in a query string.
      func decoded(_ side: Substring) -> String { side.replacing("+", with: " ").removingPercentEncoding ?? String(side) }
      pairs[decoded(sides[0])] = sides.count > 1 ? decoded(sides[1]) : ""
    }
    return pairs
  }
}
