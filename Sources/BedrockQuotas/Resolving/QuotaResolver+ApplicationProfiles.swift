/// The quotas of an application inference profile: those of what it was copied from, a system-defined profile or a model.
///
/// AWS doesn't tell which one that was. An application profile keeps the models and Regions of the day when it was made, and its
/// source may have got others since, so both are compared by model and by geography.
extension QuotaResolver {
  func resolveApplicationProfile(_ id: InvokedID) -> Resolution {
    guard let profile = applicationProfile(id) else {
      let what = "no application inference profile or model of this name in this Region"
      return unknown(id.text, .other, lists.profiles ? "The account lists \(what)." : "Of what could be listed, \(what).")
    }
    let targets = Targets(profile.modelARNs)
    guard let model = targets.model else {
      return unknown(id.text, .other, "This application profile doesn't route to one model, so no quota is certain.")
    }
    let sources = profiles.filter { !$0.isApplication }.compactMap { source in
      InferenceProfileID(source.id, facts: facts).map { (id: $0, targets: Targets(source.modelARNs)) }
    }.filter { $0.targets.model == model }
    let exact = sources.filter { $0.targets == targets }
    if exact.count == 1 { return copy(of: exact[0].id, model, id.text) }
    let home = InvokedARN(profile.arn)?.region ?? region
    if targets.isOnly(home) { return copy(of: model, id.text) }
    let kin = sources.filter { $0.id.isGlobal == targets.isAnywhere && targets.isKin(of: $0.targets) }
    if let source = Self.nearest(kin, to: targets) { return copy(of: source, model, id.text) }
    guard !kin.isEmpty || (sources.isEmpty && targets.isOfOneKind) else {
      return unknown(id.text, .other, "No system-defined profile of \(model) has the Regions of this application profile.")
    }
    // All geographic profiles of a model count against the same quotas, so it doesn't matter which of them it was.
    var result = resolve(model, scope: targets.isAnywhere ? .global : .crossRegion, id: id.text)
    let source = targets.isAnywhere ? "the global profile" : "a geographic profile"
    if result.status != .unknown { result.note = "An application profile of \(source) of \(model); its quotas apply." }
    return result
  }

  /// A copy of the model itself, in one Region.
  private func copy(of model: ModelID, _ text: String) -> Resolution {
    var result = resolveBare(model, id: text)
    if result.status != .unknown { result.note = "An application profile of \(model); its on-demand quotas apply." }
    return result
  }

  private func copy(of source: InferenceProfileID, _ model: ModelID, _ text: String) -> Resolution {
    var result = resolve(model, scope: source.isGlobal ? .global : .crossRegion, id: text)
    let unmatched = result.status == .resolved ? nil : result.note
    result.note = ["An application profile of \(source); its quotas apply.", unmatched].compactMap { $0 }.joined(separator: " ")
    return result
  }

  /// The one source that has all of the targets' Regions and the fewest others, else the one that shares most of them; nil if two
  /// are equally near.
  private static func nearest(_ sources: [(id: InferenceProfileID, targets: Targets)], to own: Targets) -> InferenceProfileID? {
    func distance(_ other: Targets) -> (missing: Int, more: Int) {
      (own.regions.subtracting(other.regions).count, other.regions.subtracting(own.regions).count)
    }
    let sorted = sources.map { ($0.id, distance($0.targets)) }.sorted { $0.1 < $1.1 }
    guard let first = sorted.first else { return nil }
    return sorted.count > 1 && sorted[1].1 == first.1 ? nil : first.0
  }
}

/// The models and Regions of a profile's ARNs.
private struct Targets: Equatable {
  /// nil unless all ARNs name the same model.
  let model: ModelID?
  let regions: Set<String>
  /// Whether an ARN without a Region is among them, as in global profiles.
  let isAnywhere: Bool

  init(_ arns: [String]) {
    let read = arns.map(InvokedARN.init)
    let models = Set(read.map { arn in arn?.resourceType == "foundation-model" ? ModelID(arn!.resourceID) : nil })
    model = models.count == 1 ? models.first! : nil
    regions = Set(read.compactMap { $0?.region })
    isAnywhere = read.contains { $0 != nil && $0?.region == nil }
  }

  /// `us` of `us-east-1`: the continent or country.
  private var places: Set<Substring> { Set(regions.map { $0.prefix { $0 != "-" } }) }

  /// Whether the model is used in one Region alone.
  /// - Parameter home: the Region of the profile; nil if unknown.
  func isOnly(_ home: String?) -> Bool { !isAnywhere && regions.count == 1 && (home == nil || regions.first == home) }

  /// Whether one may be an earlier form of the other: they share a Region, and this one is nowhere else in the world.
  func isKin(of other: Targets) -> Bool { !regions.isDisjoint(with: other.regions) && places.isSubset(of: other.places) }

  /// Whether the Regions tell by themselves that the source was a global profile, or a geographic one.
  var isOfOneKind: Bool { isAnywhere || (regions.count > 1 && places.count == 1) }
}
