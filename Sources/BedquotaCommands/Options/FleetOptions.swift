import ArgumentParser
import Bedquota
import Foundation

/// How a command shares the quotas with other processes.
struct FleetOptions: ParsableArguments {
  @OptionGroup var address: FleetAddress

  @Option(
    name: .customLong("fleet-weight"),
    help: ArgumentHelp("The part of this process when many wait; 2 gets twice what 1 gets. (default: 1)", valueName: "n"))
  var weight: Double?

  @Option(
    name: .customLong("fleet-fallback"),
    help: ArgumentHelp(
      "What is sent while the store is away: share (some nine tenths of the part that this process had), closed (nothing), or a number of processes, of which each takes an equal part. (default: share)",
      valueName: "name|n"))
  var fallback: String?

  func validate() throws {
    if address.fleet == nil, weight != nil || fallback != nil {
      throw ValidationError("\(weight == nil ? "--fleet-fallback" : "--fleet-weight") needs --fleet.")
    }
    if let weight, !(0.01...10_000).contains(weight) { throw ValidationError("--fleet-weight takes 0.01 to 10000.") }
    if let fallback, Fleet.Fallback(fallback) == nil {
      throw ValidationError("--fleet-fallback takes share, closed, or a number of processes, 1 to 100000.")
    }
  }

  /// nil without `--fleet`.
  func settings(of environment: [String: String]) throws -> FleetSettings? {
    guard var settings = try address.settings(of: environment) else { return nil }
    settings.weight = weight ?? 1
    settings.fallback = fallback.flatMap { Fleet.Fallback($0) } ?? .share
    return settings
  }

  /// - Parameter onChange: gets a sentence for each change that the user should know of.
  func fleet(onChange: @escaping @Sendable (String) -> Void) throws -> Fleet? {
    var options = Fleet.Options()
    options.onChange = onChange
    return try settings(of: ProcessInfo.processInfo.environment)?.fleet(options)
  }
}
