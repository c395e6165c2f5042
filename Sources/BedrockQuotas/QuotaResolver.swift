/// Finds the quotas that bind an invoked id.
///
/// No AWS API links the two, so names have to: see ``ModelMatcher`` for the rule. Where two quotas could be meant, neither
/// is given, for a wrong quota is far worse than none.
public struct QuotaResolver: Sendable {
  /// A foundation model, as far as resolving needs it.
  public struct Model: Sendable {
    public var id: ModelID
    public var name: String?
    /// `ON_DEMAND`, `PROVISIONED`, `INFERENCE_PROFILE`; empty where not known.
    public var inferenceTypes: [String]
    public var customizations: [String]

    public init(id: ModelID, name: String?, inferenceTypes: [String], customizations: [String]) {
      self.id = id
      self.name = name
      self.inferenceTypes = inferenceTypes
      self.customizations = customizations
    }
  }

  /// An inference profile, as far as resolving needs it.
  public struct Profile: Sendable {
    public var id: String
    public var arn: String
    public var modelARNs: [String]
    public var isApplication: Bool

    public init(id: String, arn: String, modelARNs: [String], isApplication: Bool) {
      self.id = id
      self.arn = arn
      self.modelARNs = modelARNs
      self.isApplication = isApplication
    }
  }

  let facts: Facts
  let models: [String: Model]
  let profiles: [Profile]
  /// Quotas with a subject, and the distinct subjects of all, both split by what kind of quota they are.
  private let quotas: [Quota]
  private let accountWide: Quota?
  /// The Region that the values are of; nil where it doesn't matter.
  private let region: String?
  /// Labels by provider, for the words of a provider's own name count for no other.
  private let labels: [String: [ModelLabel]]

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

  /// Resolves an id; any well-formed one, whether or not the account lists it.
  public func resolve(_ invoked: InvokedID, id text: String) -> Resolution {
    var result = resolveHere(invoked, id: text)
    let parts = text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
    if let region, parts.count == 6, parts[0] == "arn", !parts[3].isEmpty, parts[3] != region {
      // Codes are the same in every Region; values are not.
      result.hideValues()
      let note = "The ARN is of \(parts[3]), so the values of \(region) are left out; use --region \(parts[3])."
      result.note = [note, result.note].compactMap { $0 }.joined(separator: " ")
    }
    return result
  }

  private func resolveHere(_ invoked: InvokedID, id text: String) -> Resolution {
    switch invoked {
    case .systemProfile(let profile):
      // A typing error ("gobal.") looks like a new geography; only a listed profile tells them apart.
      guard
        InferenceProfileID.knownGeographies.contains(profile.geography)
          || profiles.contains(where: { $0.id == profile.description })
      else {
        return unknown(
          text, .other, "\"\(profile.geography).\" is no geography known here, and the account lists no such profile.")
      }
      guard profile.model.contextSuffix == nil else {
        return unknown(text, .other, "No inference profile has a context length at its end.")
      }
      return resolve(profile.model, scope: profile.isGlobal ? .global : .crossRegion, id: text)
    case .model(let model): return resolveBare(model, id: text)
    case .applicationProfile(let reference), .name(let reference): return resolveApplicationProfile(reference, id: text)
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

  private func unknown(_ text: String, _ scope: QuotaScope, _ note: String) -> Resolution {
    Resolution(id: text, scope: scope, status: .unknown, note: note)
  }

  private func resolveBare(_ model: ModelID, id text: String) -> Resolution {
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

  /// An id of a form that is sold as provisioned throughput and taken as the base of customised models.
  private func resolveProvisioned(_ model: ModelID, listed: Model?, id text: String) -> Resolution {
    let matcher = matcher(model)
    var result = describe(model, Resolution(id: text, modelID: model, scope: .provisioned, status: .unknown))
    // ListFoundationModels says which form can be customised; without it, it is the longest that any quota names.
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
    func tokens(_ length: String) -> Int { (Int(length.dropLast()) ?? 0) * (length.hasSuffix("m") ? 1_000 : 1) }
    let plain = ModelMatcher(model.base, listedName: nil, facts: facts).label
    let lengths = zip(quotas, labels(for: matcher)).compactMap { quota, label in
      quota.name.scope == .provisioned && label.words == plain.words && label.versions == plain.versions
        ? label.contexts.first : nil
    }
    guard let own = model.contextSuffix, let longest = lengths.map(tokens).max() else { return false }
    return tokens(own) == longest
  }

  private func resolveApplicationProfile(_ reference: String, id text: String) -> Resolution {
    guard let profile = profiles.first(where: { $0.isApplication && ($0.arn == reference || $0.id == reference) })
    else {
      return unknown(text, .other, "The account lists no application inference profile or model of this name in this Region.")
    }
    let targets = Set(profile.modelARNs)
    let sources = profiles.filter { !$0.isApplication && Set($0.modelARNs) == targets }.compactMap {
      InferenceProfileID($0.id, facts: facts)
    }
    var result: Resolution
    if sources.count == 1 {
      result = resolve(sources[0].model, scope: sources[0].isGlobal ? .global : .crossRegion, id: text)
      result.note = "An application profile of \(sources[0]), and bound by its quotas."
    } else if sources.isEmpty, targets.count == 1,
      let model = targets.first?.split(separator: "/").last.flatMap({ ModelID(String($0)) })
    {
      result = resolveBare(model, id: text)
      if result.status != .unknown { result.note = "An application profile of \(model), and bound by its on-demand quotas." }
    } else {
      result = unknown(text, .other, "No one system-defined profile has the same models as this application profile.")
    }
    return result
  }

  private func resolve(_ model: ModelID, scope: QuotaScope, id text: String) -> Resolution {
    let matcher = matcher(model)
    var result = describe(model, Resolution(id: text, modelID: model, scope: scope, status: .unknown))
    var ambiguous: [QuotaMeasure] = []
    for measure in [QuotaMeasure.rpm, .tpm, .tpd, .concurrent] {
      // The per-model tokens per day have one quota for on-demand and geographic profiles together.
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
      result.note = "No \(scope.rawValue) quota in this Region names this model for certain."
    }
    return result
  }

  private func describe(_ model: ModelID, _ result: Resolution) -> Resolution {
    var result = result
    result.contextWindow = facts.contextWindow(of: model)
    result.maxOutputTokens = facts.maxOutputTokens(of: model)
    result.outputBurndown = facts.outputBurndown(of: model)
    return result
  }
}

extension QuotaResolver {
  private func matcher(_ model: ModelID) -> ModelMatcher {
    let name = models[model.description]?.name ?? models[model.base.description]?.name
    return ModelMatcher(model, listedName: name, facts: facts)
  }

  private func labels(for matcher: ModelMatcher) -> [ModelLabel] {
    labels[matcher.id.provider] ?? quotas.map { ModelLabel($0.name.subject!, providerWords: matcher.providerWords) }
  }

  /// Every quota whose subject means the model, of those that `isWanted` lets through.
  private func matches(_ matcher: ModelMatcher, where isWanted: (Quota) -> Bool) -> [(quota: Quota, match: ModelMatcher.Match)] {
    let labels = labels(for: matcher)
    return zip(quotas, labels).compactMap { quota, label in
      guard isWanted(quota), let match = matcher.match(label) else { return nil }
      // Only a listing tells that no other model differs in its size alone, so the id has to be in it.
      if match.withoutSize, models[matcher.id.base.description] == nil || hasSibling(matcher, labels: labels) { return nil }
      return (quota, match)
    }
  }

  /// Whether another model differs from this one in its size alone, so that a label without a size could mean either.
  private func hasSibling(_ matcher: ModelMatcher, labels: [ModelLabel]) -> Bool {
    if labels.contains(where: { matcher.label.differsOnlyInSize(from: $0) }) { return true }
    let others = models.values.map(\.id.description) + facts.aliases.map(\.model)
    return others.contains { other in
      guard let id = ModelID(other), id.provider == matcher.id.provider, id.base != matcher.id.base else { return false }
      return matcher.label.differsOnlyInSize(from: ModelLabel(id.nameAndRevision.name, providerWords: matcher.providerWords))
    }
  }

  private func add(
    _ measure: QuotaMeasure, from isWanted: (Quota) -> Bool, _ matcher: ModelMatcher, to result: inout Resolution,
    ambiguous: inout [QuotaMeasure]
  ) {
    var found = matches(matcher) { $0.name.measure == measure && $0.name.variant == nil && isWanted($0) }
    guard measure != .concurrent else {  // Synchronous and asynchronous ones may both bind.
      result.quotas += found.map { .init(quota: $0.quota, evidence: evidence($0.match, matcher)) }
      return
    }
    if found.count > 1, found.contains(where: \.match.namesRevision) { found.removeAll { !$0.match.namesRevision } }
    if found.count > 1, found.contains(where: { !$0.match.withoutSize }) { found.removeAll(where: \.match.withoutSize) }
    guard found.count == 1 else {
      if found.count > 1 { ambiguous.append(measure) }
      return
    }
    result.quotas.append(.init(quota: found[0].quota, evidence: evidence(found[0].match, matcher)))
  }

  private func variants(of matcher: ModelMatcher, scope: QuotaScope) -> [Resolution.Variant] {
    matches(matcher) { quota in
      switch quota.name.scope {
      case .mantle: scope == .onDemand
      case .latencyOptimized: scope == .onDemand || scope == .crossRegion
      case .onDemand where quota.name.measure == .tpd: quota.name.variant != nil && scope != .global
      default: quota.name.variant != nil && quota.name.scope == scope
      }
    }
    .map { found in
      let variant = found.quota.name.variant ?? (found.quota.name.scope == .mantle ? .mantle : .latencyOptimized)
      return Resolution.Variant(variant: variant, quota: found.quota)
    }
  }

  private func evidence(_ match: ModelMatcher.Match, _ matcher: ModelMatcher) -> String {
    let size = match.withoutSize ? "; the quota leaves out the size, and no other model differs in it" : ""
    switch match.evidence {
    case .id: return "id: every word and version of \(matcher.id.base) agrees\(size)"
    case .listedName(let name): return "name: every word and version of \"\(name)\" (ListFoundationModels) agrees\(size)"
    case .alias(let source, let asOf): return "alias: \(source) (\(asOf))"
    }
  }

  /// The codes of all quotas that have to do with an id: what binds it, and for a bare model all that name it.
  public func codes(about id: InvokedID, id text: String) -> Set<String> {
    let resolution = resolve(id, id: text)
    let bound = resolution.quotas.map(\.quota.code) + resolution.variants.map(\.quota.code)
    guard case .model(let model) = id else { return Set(bound) }
    return Set(bound + quotasNaming(model).map(\.code))
  }

  /// Every quota that names the model, whatever its scope.
  public func quotasNaming(_ model: ModelID) -> [Quota] {
    let whole = matches(matcher(model)) { _ in true }.map(\.quota)
    // The forms with a context length have model units of their own; they belong to the model all the same.
    let forms = models.values.filter { $0.id.base == model && $0.id != model }
    return whole + forms.flatMap { form in matches(matcher(form.id)) { $0.name.scope == .provisioned }.map(\.quota) }
  }
}
