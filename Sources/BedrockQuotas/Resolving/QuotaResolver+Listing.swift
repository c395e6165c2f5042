/// Whether the account lists an id. Quotas are found by rule, so an id can have some without being one that AWS accepts.
extension QuotaResolver {
  /// Which of the account's lists were read. From a list that was denied, nothing follows.
  package struct Lists: Sendable {
    package var models = true
    package var profiles = true

    package init(models: Bool = true, profiles: Bool = true) { (self.models, self.profiles) = (models, profiles) }
  }

  /// nil if the lists don't tell: they were not read, or they never hold ids of this kind.
  func isListed(_ id: InvokedID) -> Bool? {
    // Of an account that lists nothing at all, we rather believe that the lists are not its own.
    guard !models.isEmpty || !profiles.isEmpty, isOfThisRegion(id) else { return nil }
    switch id.kind {
    case .model(let model): return lists.models && !models.isEmpty ? models[model.description] != nil : nil
    case .systemProfile(let profile):
      guard lists.profiles else { return nil }
      return profiles.contains { listed in
        !listed.isApplication && listed.id == profile.description && (!id.isARN || id.account == nil || listed.arn == id.text)
      }
    case .applicationProfile:
      if applicationProfile(id) != nil { return true }
      return lists.profiles ? false : nil
    case .name: return applicationProfile(id) == nil ? nil : true
    default: return nil
    }
  }

  /// The listed application profile that an id names, whichever type its ARN gives it.
  func applicationProfile(_ id: InvokedID) -> Profile? {
    profiles.first { profile in
      guard profile.isApplication else { return false }
      if profile.arn == id.text || profile.id == id.text { return true }
      guard id.isARN, let arn = InvokedARN(profile.arn), arn.account == id.account, arn.region == id.region else { return false }
      return id.text.split(separator: "/").last.map(String.init) == arn.resourceID
    }
  }

  /// Sets what the lists say about the id, and says so in the note.
  func noteListing(of id: InvokedID, in result: inout Resolution) {
    result.isListed = isListed(id)
    let isUnknownName = id.kind == .name && result.isListed == nil && lists.profiles && lists.models
    // bedrock-mantle has no list of its models, but its quotas name some.
    let isOnMantle = result.variants.contains { $0.variant == .mantle }
    if (result.isListed == false && !isOnMantle) || isUnknownName { result.nearest = NearestIDs(invokableIDs(like: id))(id.text) }
    var sentences: [String] = []
    if result.isListed == false {
      let place = region.map { " in \($0)" } ?? ""
      sentences.append(
        isOnMantle
          ? "The account doesn't list \(id)\(place) for bedrock-runtime; bedrock-mantle has quotas for it."
          : "The account doesn't list \(id)\(place), so requests to it will probably be rejected.")
    }
    if let account = id.account, let own = accountID, account != own {
      sentences.append("The ARN is of the account \(account); this account is \(own).")
    }
    if !result.nearest.isEmpty { sentences.append("The nearest that it lists: \(result.nearest.joined(separator: ", ")).") }
    result.listingNote = sentences.isEmpty ? nil : sentences.joined(separator: " ")
    guard let listingNote = result.listingNote else { return }
    // Of an application profile that isn't listed, the other note says no more.
    let other = result.isListed == false && id.kind == .applicationProfile ? nil : result.note
    result.note = (isUnknownName ? [other, listingNote] : [listingNote, other]).compactMap { $0 }.joined(separator: " ")
  }

  /// What a request may name: bare ids, profile ids, and the ARNs of application profiles. Models that aren't served on demand are
  /// no help, unless the id is of such a form itself.
  private func invokableIDs(like id: InvokedID) -> [String] {
    let wantsForm = id.model?.contextSuffix != nil
    let served = models.values.filter { wantsForm || $0.inferenceTypes.isEmpty || $0.inferenceTypes.contains("ON_DEMAND") }
    return served.map(\.id.description) + profiles.map { $0.isApplication ? $0.arn : $0.id }
  }

  /// The account of the listed profiles; nil if none is listed.
  private var accountID: String? { profiles.lazy.compactMap { InvokedARN($0.arn)?.account }.first }

  private func isOfThisRegion(_ id: InvokedID) -> Bool {
    guard let region, let other = id.region else { return true }
    return region == other
  }
}
