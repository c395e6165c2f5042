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
    let (readings, failures) = try await read()
    if !readings.isEmpty {
      let model = try meant(by: readings)
      let answers = readings.compactMap(\.routes).filter { $0.model == model && !$0.routes.isEmpty }
      guard !answers.isEmpty else {
        throw BedquotaError(.model, "\(model): the account has no way to invoke it here.")
      }
      for reading in readings where reading.routes == nil || reading.routes?.routes.isEmpty == true {
        if let place = reading.place { global.console.note("\(place.words): the account has no way to invoke \(model) here.") }
      }
      try global.show(RoutesView(answers, failures: failures, showsUsage: !noUsage))
    }
    for failure in failures { Console.printError("bedquota: \(failure.words)") }
    if readings.isEmpty { throw ExitCode(1) }
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

  /// - Throws: `ValidationError` if the text may mean several models.
  private func meant(by readings: [RouteReading]) throws -> ModelID {
    try ModelSearch(readings.map(\.search)).named()
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
