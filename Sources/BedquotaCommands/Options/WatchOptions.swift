import ArgumentParser

/// How often CloudWatch is read, for commands that go on reading it.
struct WatchOptions: ParsableArguments {
  private static let intervalRange = 60.0...3_600

  @Option(
    help: ArgumentHelp(
      "Seconds from one reading of CloudWatch to the next, 60 to 3600. AWS charges each; the price is printed.",
      valueName: "seconds"))
  var interval = 300.0

  @OptionGroup var endpoints: EndpointOptions

  @OptionGroup(title: "Regions and accounts") var places: PlaceOptions

  func validate() throws {
    guard Self.intervalRange.contains(interval) else { throw ValidationError("--interval takes 60 to 3600 seconds.") }
  }
}
