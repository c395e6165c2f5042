import AWSWire
import BedrockQuotas

/// How many tokens a text has. Real models' tokenizers differ; this rule is one that a user can foresee.
package enum TokenEstimate {
  /// One token for each four bytes of UTF-8 or part of them.
  package static func tokens(bytes: Int) -> Int { (bytes + 3) / 4 }
  package static func tokens(_ text: some StringProtocol) -> Int { tokens(bytes: text.utf8.count) }
  /// An image, whatever its size: the most that Claude counts for one, 1,568 (its documentation: longest edge 1,568 pixels, w·h/750).
  package static let image = 1_568
}
