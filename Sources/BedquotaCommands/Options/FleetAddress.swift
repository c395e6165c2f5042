import ArgumentParser
import Bedquota
import FleetNetwork
import Foundation

/// Where the store of a fleet is.
struct FleetAddress: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The store by which processes share the quotas: redis://HOST:PORT, rediss:// with TLS, dynamodb://TABLE?region=NAME, or env:NAME for an address with a password in the environment variable NAME.",
      valueName: "url"))
  var fleet: String?

  private static let variablePrefix = "env:"

  func validate() throws {
    do {
      _ = try settings(of: ProcessInfo.processInfo.environment)?.fleet()
    } catch let error as BedquotaError {
      throw ValidationError("--fleet: \(error.message)")
    }
  }

  /// - Throws: `ValidationError` without `--fleet`.
  func require() throws {
    guard fleet != nil else { throw ValidationError("Name the store: --fleet redis://HOST:PORT, dynamodb://TABLE, or env:NAME.") }
  }

  /// nil without `--fleet`.
  func settings(of environment: [String: String]) throws -> FleetSettings? {
    guard let fleet else { return nil }
    guard fleet.hasPrefix(Self.variablePrefix) else { return FleetSettings(address: fleet, origin: .argument) }
    let name = String(fleet.dropFirst(Self.variablePrefix.count))
    guard let address = environment[name], !address.isEmpty else {
      throw ValidationError("--fleet env:\(name) needs the address in the environment variable \(name), which is not set.")
    }
    return FleetSettings(address: address, origin: .environment)
  }

  func makeFleet() throws -> Fleet {
    try require()
    guard let settings = try settings(of: ProcessInfo.processInfo.environment) else { throw CleanExit.helpRequest() }
    return try settings.fleet()
  }
}
