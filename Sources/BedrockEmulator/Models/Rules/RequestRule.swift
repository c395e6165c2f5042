import AWSServer

/// A rule that Bedrock or a model enforces on requests, with the words in which it refuses them.
///
/// The emulator has a rule only where the answer of AWS is known: `source` is where its words, or the limit, were seen. What no rule
/// mentions is accepted.
package struct RequestRule: Sendable {
  /// Who refuses.
  enum Origin: Sendable {
    case bedrock
    /// The model. Converse says so before the model's own words; InvokeModel doesn't.
    case model
  }

  /// A few words on what is refused; unique.
  package let name: String
  let origin: Origin
  /// The address of an AWS document, or of a thread with the reply of AWS.
  package let source: String
  /// The words of the refusal; nil if the request keeps the rule.
  let problem: @Sendable (RequestOutline) -> String?

  init(_ name: String, _ origin: Origin, _ source: String, _ problem: @escaping @Sendable (RequestOutline) -> String?) {
    self.name = name
    self.origin = origin
    self.source = source
    self.problem = problem
  }

  /// All rules in the order in which they are checked: Bedrock's own before those of the models.
  package static let all = features + tools + documents + guardrails + toolPairs + pictures + conversation + thinking + sampling

  /// - Throws: `ValidationException` in the words of the first rule that the request breaks.
  static func check(_ request: RequestOutline) throws(AWSFault) {
    for rule in all {
      guard let problem = rule.problem(request) else { continue }
      let isReported = rule.origin == .model && request.form == .converse
      throw .invalid(isReported ? "The model returned the following errors: \(problem)" : problem)
    }
  }
}
