/// Decides whether a label in a quota's name means one given model: **all** words and every version must agree.
///
/// A label is compared with the id's own words, with the name that ListFoundationModels gives, and with the dated alias table for
/// labels that neither of them yields. If one word or version differs, the label doesn't match.
struct ModelMatcher {
  /// The reason why the label is known to mean the model.
  enum Evidence: Equatable {
    case id
    case listedName(String)
    case alias(source: String, asOf: String)
  }

  struct Match: Equatable {
    var evidence: Evidence
    /// Whether the label names the id's revision (`V1`), and doesn't just omit it.
    var namesRevision: Bool
    /// Whether the label omits the model's size. It then matches only if no other model differs in its size alone.
    var withoutSize: Bool
    /// Whether the label omits the number of active parameters.
    var withoutActiveSize = false
  }

  let id: ModelID
  let label: ModelLabel
  let providerWords: Set<String>
  private let revision: ModelID.Revision?
  private let named: (label: ModelLabel, name: String)?
  private let aliases: [(label: ModelLabel, row: Facts.Alias)]
  /// Labels that the alias table gives to other models.
  private let taken: [ModelLabel]
  /// Words of other providers' families: no model of this provider is a "Gemma", whatever its id says.
  private let foreign: Set<String>
  private let optional: Set<String>

  /// Words that ids and names contain but quotas omit.
  private static let ignorable: Set<String> = ["instruct", "it"]

  init(_ id: ModelID, listedName: String?, facts: Facts) {
    self.id = id
    let (name, revision) = id.nameAndRevision
    let words = facts.providerWords(id.provider)
    self.revision = revision
    providerWords = words
    label = ModelLabel(name, providerWords: words)
    optional = facts.providers[id.provider]?.optional ?? []
    named = listedName.map { text in
      let label = ModelLabel(text, providerWords: words)
      // "Claude 3.5 Sonnet v2" spells out the revision, which the id keeps apart.
      let spelled = revision?.spelled
      return (spelled.map { label.vVersions.contains($0) ? label.removing(version: $0) : label } ?? label, text)
    }
    // The revision is included, because another one may have another name. A row without a number after the colon means :0.
    let release = String(id.base.description.prefix { $0 != ":" })
    let ofProvider = facts.aliases.filter { $0.model.hasPrefix("\(id.provider).") }
    let isFirst = revision == nil || revision?.minor == "0"
    func isOwn(_ row: Facts.Alias) -> Bool { row.model == id.base.description || (isFirst && row.model == release) }
    aliases = ofProvider.filter(isOwn).map { (ModelLabel($0.subject, providerWords: words), $0) }
    taken = ofProvider.filter { !isOwn($0) }.map { ModelLabel($0.subject, providerWords: words) }
    foreign = facts.families.filter { $0.providers?.contains(id.provider) == false }.reduce(into: []) { $0.formUnion($1.words) }
  }

  /// nil if the label doesn't mean the model.
  func match(_ subject: ModelLabel) -> Match? {
    // A context length in the label names a form of the model. The id must name the same length, and vice versa.
    guard subject.contexts == (subject.contexts.isEmpty ? label.contexts : Set(id.contextSuffix.map { [$0] } ?? [])) else {
      return nil
    }
    for (label, row) in aliases where Self.same(label, subject) {
      return Match(evidence: .alias(source: row.source, asOf: row.asOf), namesRevision: false, withoutSize: false)
    }
    guard foreign.isDisjoint(with: subject.words), !taken.contains(where: { Self.same($0, subject) }) else { return nil }
    guard subject.namesProvider || subject.words.contains(where: { $0.count >= 3 }) else { return nil }
    if let match = match(subject, with: label, evidence: .id) { return match }
    guard let named, label.versions.allSatisfy(subject.versions.contains) else { return nil }
    // A name may add words to the id's but not omit any: "Rocket 3" is not rocket-3-heavy.
    guard label.words.subtracting(optional).subtracting(Self.ignorable).isSubset(of: subject.words) else { return nil }
    // If both have a size, the sizes must agree.
    guard label.sizes.isEmpty || subject.sizes.isEmpty || label.sizes == subject.sizes else { return nil }
    return match(subject, with: named.label, evidence: .listedName(named.name))
  }

  /// Whether an alias agrees in every part; the tolerance of the other rules doesn't apply.
  private static func same(_ alias: ModelLabel, _ subject: ModelLabel) -> Bool {
    alias.words == subject.words && alias.sizes == subject.sizes
      && (alias.versions == subject.versions || alias.versions == subject.removingTrailingV1.versions)
  }

  private func match(_ subject: ModelLabel, with model: ModelLabel, evidence: Evidence) -> Match? {
    guard subject.words.subtracting(optional).isSubset(of: model.words),
      model.words.subtracting(subject.words).subtracting(optional).isSubset(of: Self.ignorable)
    else { return nil }
    guard subject.activeSizes.isEmpty || model.activeSizes.isEmpty || subject.activeSizes == model.activeSizes else { return nil }
    let leavesOutActive = subject.activeSizes.isEmpty && !model.activeSizes.isEmpty
    guard subject.sizes.isEmpty || subject.sizes == model.sizes else { return nil }
    guard let namesRevision = versionsAgree(subject, model) else { return nil }
    // An alias shows how AWS spells this model, so a label that says less than the id doesn't match.
    let withoutSize = subject.sizes.isEmpty && !model.sizes.isEmpty
    guard !withoutSize || aliases.isEmpty else { return nil }
    return Match(
      evidence: evidence, namesRevision: namesRevision, withoutSize: withoutSize, withoutActiveSize: leavesOutActive)
  }

  /// nil if the versions differ, else whether the subject names the id's revision.
  private func versionsAgree(_ subject: ModelLabel, _ model: ModelLabel) -> Bool? {
    if subject.versions == model.versions, subject.vVersions.allSatisfy(model.vVersions.contains) {
      // A label without a revision means the first one: "Claude 3.5 Sonnet" is not V2, and "Nova Reel" not 1.1.
      return revision == nil || revision?.spelled == "1" ? false : nil
    }
    var extra = subject.versions
    for version in model.versions {
      guard let index = extra.firstIndex(of: version) else { return nil }
      extra.remove(at: index)
    }
    guard extra.count == 1 else { return nil }
    if let revision {
      // In a label, a revision is the last version or has a v: the 2 of "Nova 2 Lite" is not a revision of Nova Lite.
      let isRevision = subject.vVersions.contains(extra[0]) || subject.lastVersion == extra[0]
      return extra[0] == revision.spelled && isRevision ? true : nil
    }
    return extra[0] == "1" && subject.vVersions.contains("1") ? false : nil
  }
}

extension ModelLabel {
  /// The label without a trailing "V1", which AWS's names sometimes have and sometimes omit.
  var removingTrailingV1: ModelLabel { vVersions.contains("1") ? removing(version: "1") : self }

  /// Whether two labels differ in their sizes and in nothing else.
  func differsOnlyInSize(from other: ModelLabel) -> Bool {
    sizes != other.sizes && !other.sizes.isEmpty && words.subtracting(["instruct"]) == other.words.subtracting(["instruct"])
      && removingTrailingV1.versions == other.removingTrailingV1.versions
  }
}
