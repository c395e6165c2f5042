/// The capacity of the service tier `reserved` that an account has bought for a model: input and output tokens per minute apart.
///
/// Source: aws.amazon.com/about-aws/whats-new/2025/11/amazon-bedrock-reserved-service-tier
package struct ReservedTokens: Sendable, Equatable {
  package static let range = 0...1_000_000_000_000
  /// Per minute.
  package var input: Int
  /// Per minute.
  package var output: Int

  package init(input: Int, output: Int) {
    self.input = input
    self.output = output
  }
}
