/// Token counts by a rule that users can predict. The tokenizers of real models differ.
package enum TokenEstimate {
  /// One token per four bytes of UTF-8, rounded up.
  package static func tokens(bytes: Int) -> Int { (bytes + 3) / 4 }
  package static func tokens(_ text: some StringProtocol) -> Int { tokens(bytes: text.utf8.count) }
  /// The tokens of any image: the most that Claude counts for one (documentation: width·height/750, longest edge 1,568 pixels).
  package static let image = 1_568
}
