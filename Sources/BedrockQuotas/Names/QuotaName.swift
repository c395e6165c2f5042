/// The name of a Bedrock quota, parsed.
///
/// AWS describes a quota only by its name, which may change; only the code is stable. Every known spelling is parsed; a name that
/// can't be parsed keeps its text and has the scope and the measure `other`.
///
/// | name | scope | measure | subject |
/// |---|---|---|---|
/// | On-demand model inference requests per minute for Amazon Nova Pro | on-demand | rpm | Amazon Nova Pro |
/// | Cross-Region InvokeModel tokens per minute for Anthropic Claude 3.5 Haiku | cross-region | tpm | Anthropic Claude 3.5 Haiku |
/// | [bedrock-mantle endpoint] Input tokens per minute for GPT-5.4 | mantle | input-tpm | GPT-5.4 |
/// | Agents per account | other | count | – |
public struct QuotaName: Sendable, Equatable {
  /// The name as AWS spells it.
  public let text: String
  /// The inference endpoint; nil for quotas that are not about inference.
  public internal(set) var endpoint: QuotaEndpoint?
  public internal(set) var scope: QuotaScope = .other
  public internal(set) var measure: QuotaMeasure = .other
  /// The model's label, without modifiers; nil if the quota is not about one model.
  public internal(set) var subject: String?
  /// The form of invocation that is counted, if it is a special one.
  public internal(set) var variant: QuotaVariant?
  /// The feature in parentheses before the name: Guardrails, Flows, ….
  public internal(set) var feature: String?
  /// Whether the name says "doubled for cross-region calls": a geographic inference profile has twice the quota's value.
  public internal(set) var isDoubledAcrossRegions = false
  /// Whether the quota counts the model units of all base models together.
  public internal(set) var isAcrossBaseModels = false
  /// Whether the quota counts the model units of all custom models together.
  public internal(set) var isAcrossCustomModels = false

  public init(_ text: String) {
    self.text = text
    var rest = Phrase(text)
    if rest.take("[bedrock-mantle endpoint]") || rest.take("bedrock mantle") {
      readMantle(rest)
      return
    }
    feature = rest.takeParenthesis()
    if readInference(rest) || readInvocation(rest) || readDeployment(rest) || readBatch(rest) || readProvisioned(rest) { return }
    readOther(rest)
  }
}

extension QuotaName {
  private mutating func readMantle(_ phrase: Phrase) {
    var rest = phrase
    endpoint = .mantle
    scope = .mantle
    measure = rest.takeMeasure() ?? .other
    _ = rest.take("for")
    readSubject(rest)
  }

  /// `{scope} {model inference | InvokeModel} {measure} for {model}`
  private mutating func readInference(_ phrase: Phrase) -> Bool {
    var rest = phrase
    var found: QuotaScope?
    for (words, scope) in Self.scopes where rest.take(words) {
      found = scope
      break
    }
    guard let found, rest.take("model inference") || rest.take("InvokeModel"), let measure = rest.takeMeasure(), rest.take("for")
    else { return false }
    endpoint = .runtime
    scope = found
    self.measure = measure
    readSubject(rest)
    return true
  }

  /// The scopes by their words, longest first, because some begin with the words of a shorter one.
  private static let scopes: [(String, QuotaScope)] = [
    ("On-demand, latency-optimized", .latencyOptimized), ("On-demand latency-optimized", .latencyOptimized),
    ("Global cross-region", .global), ("Cross-region", .crossRegion), ("On-demand", .onDemand),
  ]

  /// Tokens per day, of one model and across all models.
  private mutating func readInvocation(_ phrase: Phrase) -> Bool {
    var rest = phrase
    if rest.take("Cross-Model Max Tokens Per Day") {
      endpoint = .runtime
      measure = .tpd
      return true
    }
    guard rest.take("Model invocation max") else { return false }
    let optimized = rest.take("latency-optimized")
    guard let measure = rest.takeMeasure(), rest.take("for") else { return false }
    endpoint = .runtime
    scope = optimized ? .latencyOptimized : .onDemand
    self.measure = measure
    readSubject(rest)
    return true
  }

  private mutating func readDeployment(_ phrase: Phrase) -> Bool {
    var rest = phrase
    guard rest.take("Sum of on demand custom model deployment") || rest.take("Sum of on-demand custom model deployment"),
      let measure = rest.takeMeasure(), rest.take("for")
    else { return false }
    endpoint = .runtime
    scope = .customDeployment
    self.measure = measure
    readSubject(rest)
    return true
  }

  private mutating func readBatch(_ phrase: Phrase) -> Bool {
    guard phrase.contains("batch inference") else { return false }
    scope = .batch
    measure = phrase.contains("size") ? .size : .count
    readSubject(phrase.after("for") ?? Phrase(""))
    return true
  }

  private mutating func readProvisioned(_ phrase: Phrase) -> Bool {
    guard phrase.contains("model units") || phrase.contains("model units,") else { return false }
    scope = .provisioned
    measure = .modelUnits
    var end = phrase
    isAcrossBaseModels = end.takeLast("across base models")
    isAcrossCustomModels = end.takeLast("across custom models")
    for words in [
      "created for base model", "created for custom model", "created for", "context length variant for", "provisioned model for",
    ] {
      if let rest = phrase.after(words) {
        // "the 24k context length variant for X": the length tells forms of the model apart, so it stays in the subject.
        let length = phrase.after("for the")?.firstWord(endingWith: UInt8(ascii: "k"))
        readSubject(length.map { Phrase("\(rest.joined) \($0)") } ?? rest)
        return true
      }
    }
    return true
  }

  private mutating func readOther(_ phrase: Phrase) {
    let name = phrase.joined.utf8.map(ASCII.lower)
    func has(_ parts: String...) -> Bool { parts.contains { ASCII.contains(name, $0) } }
    if has("requests per second", "requests per minute", "units per second", "throttle rate limit", "max number of requests") {
      measure = .rate
    } else if name.starts(with: "concurrent".utf8), has("requests") {
      measure = .concurrent
    } else if has("size", "length", "(characters)", "characters in", "resolution") {
      measure = .size
    } else if has(
      " per ", "number of", "jobs", "models", "policies", "entities", "records", "document tokens", "in policy",
      "deployments", "levels of", "blueprints")
    {
      measure = .count
    }
    if has("custom model deployments") { scope = .customDeployment }
    // "… token units for model llama3-2-1b-instruct-v1", "… records for a Claude 3 Haiku v1 Fine-tuning job"
    if let model = phrase.after("token units for model") {
      // Provisioned throughput that is bought by token units, hourly or monthly.
      scope = .provisioned
      measure = .count
      subject = model.joined
    } else if let job = phrase.after("records for a") ?? phrase.after("records for an") {
      var job = job
      _ = job.takeLast("Fine-tuning job") || job.takeLast("Continued Pre-Training job")
      subject = job.joined
    }
  }

  /// The rest of a name is the model, except for AWS's suffixes.
  private mutating func readSubject(_ phrase: Phrase) {
    var rest = phrase
    isDoubledAcrossRegions = rest.takeLast("(doubled for cross-region calls)")
    _ = rest.takeLast("(in GB)")
    if rest.takeLast("1M Context Length") { variant = .context1M }
    if scope == .latencyOptimized { variant = .latencyOptimized }
    var text = rest.joined
    while text.utf8.last == UInt8(ascii: ".") { text.removeLast() }
    subject = text.isEmpty ? nil : text
  }
}
