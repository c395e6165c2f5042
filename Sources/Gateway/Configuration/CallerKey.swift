/// A key of the configuration: how its caller proves itself, and what it may do.
package struct CallerKey: Sendable, Equatable {
  package enum Proof: Sendable, Equatable {
    /// One secret for every form: bearer token, `x-api-key`, AWS secret access key.
    case secret(Secret)
    /// The SHA-256 of the bearer token. Nobody can verify a signature with it.
    case hash([UInt8])
    /// Secrets derived from the master secret, one for each serial number.
    case derived(serials: [Int])
  }

  package var name: String
  package var proof: Proof
  /// The weight among the callers of the same priority.
  package var share = 1.0
  package var priority = CallerPriority.normal
  /// The longest that a request of the key waits; nil: that of the queue.
  package var waitMax: Duration?
  /// The ids that the key may invoke; empty: every id.
  package var models: [ModelPattern] = []
  package var budget = BudgetLimits()
  /// The longest body of a request; nil: that of all requests.
  package var bodyBytesMax: Int?

  package init(name: String, proof: Proof) {
    self.name = name
    self.proof = proof
  }

  /// How names are written, for messages.
  static let nameForm = "letters, digits, '-', '_' and '.', 64 at most, a letter or digit first"

  /// Whether a text can name a key: it goes into metrics, logs and access key ids as it is.
  package static func isName(_ text: String) -> Bool {
    guard (1...64).contains(text.utf8.count), let first = text.utf8.first else { return false }
    func isPlain(_ byte: UInt8) -> Bool {
      (97...122).contains(byte) || (65...90).contains(byte) || (48...57).contains(byte)
    }
    return isPlain(first) && text.utf8.allSatisfy { isPlain($0) || "-_.".utf8.contains($0) }
  }
}
