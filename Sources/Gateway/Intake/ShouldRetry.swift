/// The header with which a reply says that its request must not be sent again.
///
/// Anthropic's and OpenAI's SDKs, and Claude Code, obey it. Source: their `_should_retry`, which looks at it before the status.
package enum ShouldRetry {
  package static let never = (name: "x-should-retry", value: "false")
}
