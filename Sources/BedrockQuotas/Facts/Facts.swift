public import Foundation

/// Facts about Bedrock that AWS publishes in no API. They are dated data with a source for each row, never code.
///
/// The built-in file is `Resources/facts.json`; a file of the same form can replace it.
public struct Facts: Sendable {
  /// A provider's words in model names, by the prefix of its model ids.
  let providers: [String: Provider]
  let families: [Family]
  let aliases: [Alias]
  let models: [ModelRevision: Model]
  /// The same, in the order of the file.
  let modelRows: [Model]
  let burndowns: [Burndown]
  /// The first row whose text is in a message counts.
  let throttles: [Throttle]
  /// The first row whose conditions a model meets counts.
  let media: [MediaCost]
  let tokenCounts: [TokenCount]
  /// The readings of how often max_tokens count in a reservation.
  let reservations: [Reservation]
  /// CloudWatch's metrics of endpoints beside bedrock-runtime.
  package let metrics: [Metric]
  /// Which models bedrock-mantle serves. The first row that matches a model counts.
  let mantle: [MantleModel]
  /// Regions with a Bedrock endpoint, by partition.
  public let regions: [String: [String]]
  /// Regions that an account must enable before it can use them: those that opened after 20 March 2019.
  ///
  /// Source: docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html, read 2026-11-29.
  package let optInRegions: Set<String>

  struct Provider: Decodable, Sendable {
    var prefix: String
    /// In lower case and without dots.
    var words: Set<String>
    /// Words of this provider's model names that ids sometimes leave out.
    var optional: Set<String>?
  }

  struct Family: Decodable, Sendable {
    var name: String
    var words: Set<String>
    /// The only providers whose model names have these words; nil if any provider's may.
    var providers: Set<String>?
  }

  /// The name that quotas give a model, if no rule derives it from the id.
  struct Alias: Decodable, Sendable {
    /// An id without its revision.
    var model: String
    var subject: String
    var source: String
    var asOf: String
  }

  struct Model: Decodable, Sendable {
    var modelId: String
    var contextWindow: FactFigure?
    var maxOutputTokens: FactFigure?
    var source: String
    var asOf: String
  }

  /// Quota tokens per output token, for the models that match every condition. The first row that matches counts.
  struct Burndown: Decodable, Sendable {
    var provider: String?
    /// The model's name must have all of these words.
    var words: Set<String>?
    /// The model's name must have these words and no others, because AWS names this model and not its relatives.
    var onlyWords: Set<String>?
    /// The model's name must have one of these versions.
    var versions: Set<String>?
    /// The model's version must not be above this one.
    var versionMax: String?
    /// nil if AWS's wording leaves it open.
    var rate: FactFigure?
    /// false for models of bedrock-mantle alone, whose output is counted apart and once; they have no rate.
    var applies: Bool?
    var source: String
    var asOf: String
  }

  /// A text by which an error message names the quota that throttled.
  struct Throttle: Decodable, Sendable {
    /// In lower case.
    var text: String
    var measure: QuotaMeasure
    var source: String
    var asOf: String
  }

  /// Models for which CountTokens counts.
  struct TokenCount: Decodable, Sendable {
    var provider: String
    /// The model's name must have one of these versions.
    var versions: Set<String>
    var source: String
    var asOf: String
  }

  /// A reading of how often max_tokens count in a reservation: `1` or `burndown`.
  struct Reservation: Decodable, Sendable {
    var factor: String
    var source: String
    var asOf: String
  }

  /// A metric of CloudWatch.
  package struct Metric: Decodable, Sendable, Equatable {
    package var namespace: String
    /// What it counts: `requests`, `clientErrors`, `inputTokens` or `outputTokens`.
    package var counts: String
    /// Its name, AWS's own page first; an account has one of them, which ListMetrics tells.
    package var names: [String]
    /// The dimensions by which it is published, each alone, all together, and none.
    package var dimensions: [String]
    package var source: String
    package var asOf: String
  }

  /// How bedrock-mantle serves some models.
  package struct MantleModel: Decodable, Sendable, Equatable {
    var provider: String
    /// How the models' names begin.
    var beginnings: [String]
    /// The base of the paths of their APIs: `/v1`, `/openai/v1` or `/anthropic/v1`. Another gets "isn't supported on this route".
    package var base: String
    /// `ChatCompletions`, `Responses` and `Messages`, as far as the models have them.
    package var apis: [String]
    package var source: String
    package var asOf: String
  }

  private struct File: Decodable {
    var providers: [Provider]
    var families: [Family]
    var aliases: [Alias]
    var models: [Model]
    var burndowns: [Burndown]
    /// Absent from files that are older than such rows.
    var throttles: [Throttle]?
    var media: [MediaCost]?
    var tokenCounts: [TokenCount]?
    var reservations: [Reservation]?
    var metrics: [Metric]?
    var mantle: [MantleModel]?
    var regions: [String: [String]]
    var optInRegions: Set<String>?
  }

  /// Reads a file of the built-in file's form.
  /// - Throws: `DecodingError`.
  public init(json: Data) throws {
    let file = try JSONDecoder().decode(File.self, from: json)
    providers = Dictionary(file.providers.map { ($0.prefix, $0) }) { first, _ in first }
    families = file.families
    aliases = file.aliases
    models = Dictionary(file.models.compactMap { row in ModelID(row.modelId).map { (ModelRevision($0), row) } }) { first, _ in
      first
    }
    modelRows = file.models
    burndowns = file.burndowns
    throttles = file.throttles ?? Facts.builtIn.throttles
    media = file.media ?? Facts.builtIn.media
    tokenCounts = file.tokenCounts ?? Facts.builtIn.tokenCounts
    reservations = file.reservations ?? Facts.builtIn.reservations
    metrics = file.metrics ?? Facts.builtIn.metrics
    mantle = file.mantle ?? Facts.builtIn.mantle
    regions = file.regions
    optInRegions = file.optInRegions ?? Facts.builtIn.optInRegions
  }

  /// The facts of this version.
  public static let builtIn: Facts = {
    do {
      return try Facts(json: Data(PackageResources.facts_json))
    } catch {
      preconditionFailure("Resources/facts.json can't be read: \(error)")
    }
  }()
}
