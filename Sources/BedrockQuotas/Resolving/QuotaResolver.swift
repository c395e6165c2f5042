/// Finds the quotas that apply to an invoked id.
///
/// No AWS API links ids with quotas, so quotas are matched by their names: all words and every version must agree. If two quotas
/// could be meant, neither is returned, because a wrong quota is far worse than none.
///
/// ```swift
/// let resolution = resolver.resolve(InvokedID("us.amazon.nova-pro-v1:0")!)
/// print(resolution.status, resolution.quota(.tpm)?.value ?? 0)
/// ```
public struct QuotaResolver: Sendable {
  /// The fields of a foundation model that resolving needs.
  public struct Model: Sendable {
    public var id: ModelID
    /// AWS's `modelName`.
    public var name: String?
    /// `ON_DEMAND`, `PROVISIONED`, `INFERENCE_PROFILE`; empty if unknown.
    public var inferenceTypes: [String]
    /// AWS's `customizationsSupported`, such as `FINE_TUNING`.
    public var customizations: [String]

    public init(id: ModelID, name: String?, inferenceTypes: [String], customizations: [String]) {
      self.id = id
      self.name = name
      self.inferenceTypes = inferenceTypes
      self.customizations = customizations
    }
  }

  /// The fields of an inference profile that resolving needs.
  public struct Profile: Sendable {
    public var id: String
    public var arn: String
    /// The models that the profile routes to, one ARN for each Region.
    public var modelARNs: [String]
    /// Whether the account created the profile; if false, AWS defined it.
    public var isApplication: Bool

    public init(id: String, arn: String, modelARNs: [String], isApplication: Bool) {
      self.id = id
      self.arn = arn
      self.modelARNs = modelARNs
      self.isApplication = isApplication
    }
  }

  package let facts: Facts
  let models: [String: Model]
  let profiles: [Profile]
  /// The quotas with a subject, apart from those of scope `other`.
  let quotas: [Quota]
  private let accountWide: Quota?
  /// The Region of the quotas' values; nil if it doesn't matter.
  let region: String?
  /// Which of the account's lists of models and profiles were read.
  package var lists = Lists()
  /// How notes name the parameters of a call.
  package var spelling = ParameterSpelling.swift
  /// The labels of ``quotas``, by provider: each provider ignores the words of its own name.
  let labels: [String: [ModelLabel]]

  public init(
    quotas: [Quota], models: [Model] = [], profiles: [Profile] = [], region: String? = nil, facts: Facts = .builtIn
  ) {
    self.facts = facts
    self.region = region
    self.models = Dictionary(models.map { ($0.id.description, $0) }) { first, _ in first }
    self.profiles = profiles
    let withSubject = quotas.filter { $0.name.subject != nil && $0.name.scope != .other }
    self.quotas = withSubject
    accountWide = quotas.first { $0.name.scope == .other && $0.name.measure == .tpd && $0.name.endpoint == .runtime }
    let providers = Set(models.map(\.id.provider))
    labels = Dictionary(
      uniqueKeysWithValues: providers.map { provider in
        let words = facts.providerWords(provider)
        return (provider, withSubject.map { ModelLabel($0.name.subject!, providerWords: words) })
      })
  }

  /// Resolves an id, whether or not the account lists it; ``Resolution/isListed`` says whether it does.
  public func resolve(_ id: InvokedID) -> Resolution {
    var result = resolveHere(id)
    noteListing(of: id, in: &result)
    if let region, let other = id.region, other != region {
      // Codes are the same in every Region; values are not.
      result.hideValues()
      let note =
        "The ARN is of \(other), so the values of \(region) are left out; use \(spelling("region")) \(other) to see them."
      result.note = [note, result.note].compactMap { $0 }.joined(separator: " ")
    }
    return result
  }

  private func resolveHere(_ id: InvokedID) -> Resolution {
    let text = id.text
    switch id.kind {
    case .systemProfile(let profile):
      // A typo ("gobal.") looks like a new geography. Only a listed profile proves that the geography exists.
      guard
        InferenceProfileID.knownGeographies.contains(profile.geography)
          || profiles.contains(where: { $0.id == profile.description })
      else {
        return unknown(
          text, .other, "\"\(profile.geography).\" is not a known geography.")
      }
      guard profile.model.contextSuffix == nil else {
        return unknown(text, .other, "No inference profile has a context length at its end.")
      }
      return resolve(profile.model, scope: profile.isGlobal ? .global : .crossRegion, id: text)
    case .model(let model): return resolveBare(model, id: text)
    case .applicationProfile, .name: return resolveApplicationProfile(id)
    case .provisionedModel:
      return unknown(
        text, .provisioned, "Provisioned throughput is bound by its model units, not by requests or tokens per minute.")
    case .customModelDeployment:
      return unknown(
        text, .customDeployment,
        "The ARN doesn't say which base model was customised; resolve the base model's id, such as amazon.nova-pro-v1:0:300k.")
    case .customModel, .importedModel:
      return unknown(text, .other, "The ARN doesn't say which model is behind it.")
    case .promptRouter, .prompt:
      return unknown(text, .other, "Each request counts against the model that it is routed to; resolve that model's id.")
    case .marketplaceEndpoint:
      return unknown(text, .other, "A marketplace endpoint is bound by its own instances, not by Bedrock's quotas.")
    }
  }

  func unknown(_ text: String, _ scope: QuotaScope, _ note: String) -> Resolution {
    Resolution(id: text, scope: scope, status: .unknown, note: note)
  }

  func resolveBare(_ model: ModelID, id text: String) -> Resolution {
    let listed = models[model.description]
    let types = listed?.inferenceTypes ?? []
    if model.contextSuffix != nil || types == ["PROVISIONED"] { return resolveProvisioned(model, listed: listed, id: text) }
    if !types.isEmpty, !types.contains("ON_DEMAND") {
      var result = describe(model, Resolution(id: text, modelID: model, scope: .onDemand, status: .unknown))
      let usable = profiles.filter { profile in profile.modelARNs.contains { $0.hasSuffix("/\(model)") } && !profile.isApplication
      }.map(\.id)
      result.variants = variants(of: matcher(model), scope: .onDemand)
      let instead = usable.isEmpty ? "an inference profile's id" : usable.sorted().joined(separator: " or ")
      result.needsProfile = true
      result.note = "On-demand throughput isn't supported for this id; invoke \(instead)."
      return result
    }
    return resolve(model, scope: .onDemand, id: text)
  }

  /// Resolves an id of a form that is sold as provisioned throughput or is the base of customised models.
  private func resolveProvisioned(_ model: ModelID, listed: Model?, id text: String) -> Resolution {
    let matcher = matcher(model)
    var result = describe(model, Resolution(id: text, modelID: model, scope: .provisioned, status: .unknown))
    // ListFoundationModels says which form can be customised. Without a listing, we assume the longest form that a quota names.
    let customizable = listed.map { !$0.customizations.isEmpty } ?? isLongestForm(model, matcher)
    var ambiguous: [QuotaMeasure] = []
    if customizable {
      for measure in [QuotaMeasure.rpm, .tpm, .tpd] {
        add(measure, from: { $0.name.scope == .customDeployment }, matcher, to: &result, ambiguous: &ambiguous)
      }
      if !result.quotas.isEmpty { result.scope = .customDeployment }
    }
    let units = matches(matcher) { $0.name.scope == .provisioned }
    result.quotas += units.map { .init(quota: $0.quota, evidence: evidence($0.match, matcher)) }
    if !result.quotas.isEmpty { result.status = ambiguous.isEmpty ? .resolved : .partial }
    result.note =
      "This form of the model isn't served on demand: requests and tokens are those of custom model deployments based on it, model units those of provisioned throughput."
    return result
  }

  private func isLongestForm(_ model: ModelID, _ matcher: ModelMatcher) -> Bool {
    // The length is a Double, because a server may name any length.
    func tokens(_ length: String) -> Double { (Double(length.dropLast()) ?? 0) * (length.hasSuffix("m") ? 1_000 : 1) }
    let plain = ModelMatcher(model.base, listedName: nil, facts: facts).label
    let lengths = zip(quotas, labels(for: matcher)).compactMap { quota, label in
      quota.name.scope == .provisioned && label.words == plain.words && label.versions == plain.versions
        ? label.contexts.first : nil
    }
    guard let own = model.contextSuffix, let longest = lengths.map(tokens).max() else { return false }
    return tokens(own) == longest
  }

  func resolve(_ model: ModelID, scope: QuotaScope, id text: String) -> Resolution {
    let matcher = matcher(model)
    var result = describe(model, Resolution(id: text, modelID: model, scope: scope, status: .unknown))
    var ambiguous: [QuotaMeasure] = []
    for measure in [QuotaMeasure.rpm, .tpm, .tpd, .concurrent] {
      // A model's tokens per day are one quota for on-demand and geographic profiles together.
      let pool: QuotaScope = measure == .tpd && scope == .crossRegion ? .onDemand : scope
      add(measure, from: { $0.name.scope == pool }, matcher, to: &result, ambiguous: &ambiguous)
    }
    let countsTokens = result.quotas.contains { $0.quota.name.measure == .tpm || $0.quota.name.measure == .tpd }
    let hasRate = result.quotas.contains { $0.quota.name.measure != .tpd }
    result.status = hasRate && ambiguous.isEmpty ? .resolved : result.quotas.isEmpty ? .unknown : .partial
    if countsTokens, let accountWide {
      result.quotas.append(
        .init(quota: accountWide, evidence: "account-wide: one sum over all supported models, accounted by price"))
    }
    result.variants = variants(of: matcher, scope: scope)
    if !ambiguous.isEmpty {
      result.note =
        "Several quotas could mean this model for \(ambiguous.map(\.rawValue).joined(separator: ", ")); none of them is given."
    } else if result.status == .partial {
      result.note = "No quota in this Region names this model for requests or tokens per minute; the daily ones do."
    } else if result.status == .unknown {
      result.note = "No \(scope.rawValue) quota in this Region could be matched with this model with certainty."
    }
    return result
  }

  private func describe(_ model: ModelID, _ result: Resolution) -> Resolution {
    var result = result
    result.contextWindow = facts.contextWindow(of: model)
    result.maxOutputTokens = facts.maxOutputTokens(of: model)
    result.outputBurndown = facts.outputBurndown(of: model)
    result.disputed = facts.disputed(of: model)
    return result
  }
}
