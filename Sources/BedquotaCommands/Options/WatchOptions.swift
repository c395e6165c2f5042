import ArgumentParser
import Bedquota
import BedrockQuotas

/// What commands read that go on reading CloudWatch, and how often.
struct WatchOptions: ParsableArguments {
  private static let intervalRange = 60.0...3_600
  private static let intervalUsual = 300.0

  @Argument(help: ArgumentHelp("Model ids, inference profile ids or ARNs. (default: all with traffic)", valueName: "id"))
  var ids: [String] = []

  @Option(
    help: ArgumentHelp(
      "Seconds from one reading of CloudWatch to the next, 60 to 3600. AWS charges for each; exporter and serve print the price. (default: 300)",
      valueName: "seconds"))
  var interval: Double?

  @OptionGroup var endpoints: EndpointOptions

  @OptionGroup(title: "Regions and accounts") var places: PlaceOptions

  func validate() throws {
    guard Self.intervalRange.contains(interval ?? Self.intervalUsual) else {
      throw ValidationError("--interval takes 60 to 3600 seconds.")
    }
  }

  /// Checks them against the options that every command takes.
  func validate(with global: GlobalOptions) throws {
    _ = try global.ids(ids)
    try places.validate(with: global)
  }

  /// What reads the places that the options name.
  func watch(_ global: GlobalOptions) throws -> PlaceWatch {
    let ids = try global.ids(ids)
    let settings = UsageWatch.Settings(
      ids: ids.isEmpty ? nil : ids, endpoint: endpoints.endpoint, facts: try global.facts(),
      interval: .seconds(interval ?? Self.intervalUsual))
    return PlaceWatch(UsageWatch(settings), global, places)
  }
}
