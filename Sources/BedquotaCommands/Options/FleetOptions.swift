import ArgumentParser
import Bedquota
import Foundation

/// The store by which a command shares the quotas with other processes.
struct FleetOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Share the quotas with other processes through Redis or Valkey: redis://HOST:PORT, rediss:// with TLS, or env:NAME for an address with a password in the environment variable NAME.",
      valueName: "url"))
  var fleet: String?

  @Option(
    name: .customLong("fleet-weight"),
    help: ArgumentHelp("The part of this process when many wait; 2 gets twice what 1 gets. (default: 1)", valueName: "n"))
  var weight: Double?

  @Option(
    name: .customLong("fleet-fallback"),
    help: ArgumentHelp(
      "What is sent while the store is away: share (nine tenths of the part that this process had), closed (nothing), or a number of processes, of which each takes an equal part. (default: share)",
      valueName: "name|n"))
  var fallback: String?

  func validate() throws {
    if fleet == nil, weight != nil || fallback != nil {
      throw ValidationError("\(weight == nil ? "--fleet-fallback" : "--fleet-weight") needs --fleet.")
    }
    if let weight, !(0.01...10_000).contains(weight) { throw ValidationError("--fleet-weight takes 0.01 to 10000.") }
    if let fallback, Fleet.Fallback(fallback) == nil {
      throw ValidationError("--fleet-fallback takes share, closed, or a number of processes, 1 to 100000.")
    }
    do {
      _ = try settings(of: ProcessInfo.processInfo.environment)?.fleet()
    } catch let error as BedquotaError {
      throw ValidationError("--fleet: \(error.message)")
    }
  }

  private static let variablePrefix = "env:"

  /// nil without `--fleet`.
  func settings(of environment: [String: String]) throws -> FleetSettings? {
    guard let fleet else { return nil }
    var settings: FleetSettings
    if fleet.hasPrefix(Self.variablePrefix) {
      let name = String(fleet.dropFirst(Self.variablePrefix.count))
      guard let address = environment[name], !address.isEmpty else {
        throw ValidationError("--fleet env:\(name) needs the address in the environment variable \(name), which is not set.")
      }
      settings = FleetSettings(address: address, origin: .environment)
    } else {
      settings = FleetSettings(address: fleet, origin: .argument)
    }
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
