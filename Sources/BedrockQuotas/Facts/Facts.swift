public import Foundation

/// What is known about Bedrock and can't be asked of any API: dated data, each row with its source, never code.
///
/// The built-in file is `Resources/facts.json`; a file of the same form can take its place.
public struct Facts: Sendable {
  /// A provider's words in model names, by the prefix of its model ids.
  let providers: [String: Provider]
  let families: [Family]
  let aliases: [Alias]
  let models: [String: Model]
  let burndowns: [Burndown]
  /// Regions with a Bedrock endpoint, by partition.
  public let regions: [String: [String]]

  struct Provider: Decodable, Sendable {
    var prefix: String
    /// In lower case and without dots.
    var words: Set<String>
    /// Words of this provider's model names that ids leave out at times.
    var optional: Set<String>?
  }

  struct Family: Decodable, Sendable {
    var name: String
    var words: Set<String>
    /// Whose models have these words in their names; nobody else's do. nil where that is not said.
    var providers: Set<String>?
  }

  /// A name in quotas that no rule can reach from the id.
  struct Alias: Decodable, Sendable {
    /// An id without its revision.
    var model: String
    var subject: String
    var source: String
    var asOf: String
  }

  struct Model: Decodable, Sendable {
    var modelId: String
    var contextWindow: Int?
    var maxOutputTokens: Int?
    var source: String
    var asOf: String
  }

  /// How many quota tokens one output token costs.
  struct Burndown: Decodable, Sendable {
    var provider: String?
    /// All of them must be in the model's name.
    var words: Set<String>?
    var versions: Set<String>?
    /// The model's version must not be above this one.
    var versionMax: String?
    /// nil where AWS's wording does not settle the rate.
    var rate: Int?
    var source: String
    var asOf: String
  }

  private struct File: Decodable {
    var providers: [Provider]
    var families: [Family]
    var aliases: [Alias]
    var models: [Model]
    var burndowns: [Burndown]
    var regions: [String: [String]]
  }

  /// - Throws: `DecodingError` where the data are not of the built-in file's form.
  public init(json: Data) throws {
    let file = try JSONDecoder().decode(File.self, from: json)
    providers = Dictionary(file.providers.map { ($0.prefix, $0) }) { first, _ in first }
    families = file.families
    aliases = file.aliases
    models = Dictionary(file.models.map { ($0.modelId, $0) }) { first, _ in first }
    burndowns = file.burndowns
    regions = file.regions
  }

  /// The facts that this version came with.
  public static let builtIn: Facts = {
    do {
      return try Facts(json: Data(PackageResources.facts_json))
    } catch {
      preconditionFailure("Resources/facts.json is not of its own form: \(error)")
    }
  }()
}

extension Facts {
  func providerWords(_ prefix: String) -> Set<String> {
    providers[prefix]?.words.union([prefix]) ?? [prefix]
  }

  /// The model family for grouping; `General` where a quota is about no model.
  ///
  /// A name that no row knows gives its own first word, so that a new family needs no new release.
  public func family(of subject: String?) -> String {
    guard let subject else { return "General" }
    let label = ModelLabel(subject, providerWords: [])
    if let family = families.first(where: { !$0.words.isDisjoint(with: label.words) }) { return family.name }
    let first = subject.split(whereSeparator: { $0.isWhitespace || $0 == "-" }).first.map(String.init) ?? "General"
    return first.prefix(1).uppercased() + first.dropFirst()
  }

  /// The context window in tokens, input and output together; nil where it is not known.
  public func contextWindow(of model: ModelID) -> Int? { fact(of: model)?.contextWindow }

  /// The most output tokens that the model can produce; nil where it is not known.
  public func maxOutputTokens(of model: ModelID) -> Int? { fact(of: model)?.maxOutputTokens }

  private func fact(of model: ModelID) -> Model? {
    // A context length at the end of an id changes the window, and no source gives it for each.
    model.contextSuffix == nil ? models[model.description] : nil
  }

  /// Quota tokens per output token; nil where no source settles it. On bedrock-runtime only.
  ///
  /// Source: docs.aws.amazon.com/bedrock/latest/userguide/quotas-token-burndown.html, as each row dates it.
  public func outputBurndown(of model: ModelID) -> Int? {
    let label = ModelLabel(model.nameAndRevision.name, providerWords: providerWords(model.provider))
    return burndowns.first { row in
      if let provider = row.provider, provider != model.provider { return false }
      if let words = row.words, !words.isSubset(of: label.words) { return false }
      if let versions = row.versions, versions.isDisjoint(with: label.versions) { return false }
      if let limit = row.versionMax {
        // A name without a version, such as Claude Instant's or a preview's, says nothing about its age.
        guard !label.versions.isEmpty, label.versions.allSatisfy({ Self.compare($0, limit) <= 0 }) else { return false }
      }
      return true
    }?.rate
  }

  private static func compare(_ a: String, _ b: String) -> Int {
    let (a, b) = (a.split(separator: ".").compactMap { Int($0) }, b.split(separator: ".").compactMap { Int($0) })
    for index in 0..<max(a.count, b.count) {
      let (x, y) = (index < a.count ? a[index] : 0, index < b.count ? b[index] : 0)
      if x != y { return x < y ? -1 : 1 }
    }
    return 0
  }
}
