import ArgumentParser
import Bedquota
import BedrockQuotas
import Reports

struct RoutesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "routes",
    abstract:
      "Show every way to invoke a model: ids, profiles, provisioned throughput; with quotas, headroom and what each needs.",
    discussion: """
      MODEL is a model id, the id or ARN of a profile, the name or ARN of a provisioned throughput, or a part of a model's name: \
      "opus 4.8", nova-pro. Routes of one pool share its quotas, so more of them add nothing; each pool counts once in the sum. \
      Below the tables are lines for the configuration of a gateway: they name one geography, because a route that leads elsewhere \
      changes where prompts are processed.
      The peak is that of the busiest minute of the last hour. Deployments of custom and imported models are not listed, and no list of AWS \
      tells the price of a route.
      \(CommandPermissions.help("routes"))

      EXAMPLE: bedquota routes nova-pro --regions us-east-1,us-west-2
      """)

  @OptionGroup var global: GlobalOptions

  @Argument(help: ArgumentHelp("A model id, a profile, or a part of a model's name.", valueName: "model"))
  var model: String

  @Flag(name: .customLong("no-usage"), help: "Leave out the use of the last hour, and with it the calls of CloudWatch.")
  var noUsage = false

  @OptionGroup(title: "Regions and accounts") var places: PlaceOptions

  func validate() throws {
    try places.validate(with: global)
    try ModelSearch.check(model)
  }

  func run() async throws {
    var (readings, failures) = try await read()
    // Before anything else goes wrong.
    failures.tell()
    guard !readings.isEmpty else { throw ExitCode(1) }
    let model = try ModelSearch(readings.map(\.search)).named()
    let others = try await complete(&readings, for: model)
    others.tell()
    failures += others
    let found = readings.compactMap(\.routes)
    let answers = found.filter { !$0.routes.isEmpty }
    guard !answers.isEmpty else {
      throw BedquotaError(.model, "\(model): the account has no way to invoke it here.")
    }
    for routes in found where routes.routes.isEmpty {
      if let place = routes.place { global.console.note("\(place.words): the account has no way to invoke \(model) here.") }
    }
    try global.show(RoutesView(answers, failures: failures, showsUsage: !noUsage))
  }

  private func read() async throws -> (readings: [RouteReading], failures: [PlaceFailure]) {
    guard places.areSeveral else {
      return ([try await global.reading(role: places.role) { try await $0.routes(to: model, readsUsage: !noUsage) }], [])
    }
    let results = try await global.inEachPlace(places, "models and quotas") {
      try await $0.routes(to: model, readsUsage: !noUsage)
    }
    let readings = results.compactMap { try? $0.result.get() }
    return (readings, results.failures(served: try global.servedRegions()))
  }

  /// Finds the model's routes in the places where the text alone means another model, or may mean several.
  /// - Returns: the places that could be read at first and not now; they have no routes.
  private func complete(_ readings: inout [RouteReading], for model: ModelID) async throws -> [PlaceFailure] {
    let others = readings.filter { $0.routes?.model != model }.compactMap { reading in reading.place.map { ($0, reading) } }
    guard !others.isEmpty else { return [] }
    let byPlace = Dictionary(others) { first, _ in first }
    let names = Set(byPlace.keys.compactMap(\.account))
    let readsUsage = !noUsage
    let results: [PlaceResult<ModelRoutes?>] = try await global.inEachPlace(places, "routes", of: names.isEmpty ? nil : names) {
      guard let place = $0.place, let reading = byPlace[place] else { return nil }
      return try await $0.routes(of: model, in: reading, readsUsage: readsUsage)
    }
    var found: [Place: ModelRoutes] = [:]
    for result in results { found[result.place] = try? result.result.get() }
    for index in readings.indices where readings[index].routes?.model != model {
      readings[index].routes = readings[index].place.flatMap { found[$0] }
    }
    // A failure of a whole account has no Region.
    let asked = results.filter { byPlace[$0.place] != nil || $0.place.region.isEmpty }
    return asked.failures(served: try global.servedRegions())
  }
}

extension ModelSearch {
  /// - Throws: `ValidationError` for a text that can't be a part of a model's name.
  static func check(_ text: String) throws {
    let isText = text.unicodeScalars.allSatisfy {
      $0.properties.generalCategory != .control && $0.properties.generalCategory != .format
    }
    guard text.utf8.count <= 2_048, isText, text.contains(where: { $0.isLetter || $0.isNumber }) else {
      throw ValidationError(
        "\"\(text.shortened())\" is no model. Write an id such as anthropic.claude-opus-5, or a part of a name such as nova-pro; `bedquota models` lists them."
      )
    }
  }

  /// The model that is meant.
  /// - Throws: `ValidationError`, which ends the command with 64, if it may be several; ``BedquotaError`` if it is none.
  func named() throws -> ModelID {
    do {
      return try model()
    } catch {
      if models.count > 1 { throw ValidationError(error.message) }
      throw error
    }
  }
}
