import ArgumentParser
import Bedquota
import BedrockQuotas
import FleetStore
import Foundation

/// Which scopes of which store a command means.
struct FleetScopes: ParsableArguments {
  @OptionGroup var address: FleetAddress

  @Option(
    help: ArgumentHelp(
      "A scope as fleet status shows it, instead of an id; may be repeated. Then AWS isn't asked for anything.", valueName: "name"
    ))
  var scope: [String] = []

  func validate() throws {
    if scope.contains("") { throw ValidationError("--scope takes the name of a scope, as bedquota fleet status shows it.") }
    try address.require()
  }

  /// - Parameter ids: of models, whose quotas are read to find their scopes.
  func readings(_ ids: [String], _ global: GlobalOptions) async throws -> [FleetControl.Reading] {
    let (fleet, invoked, names) = (try address.makeFleet(), try global.ids(ids), scope)
    return try await global.withSession { session in
      let control = FleetControl(fleet, in: session)
      try await control.connect()
      var readings: [FleetControl.Reading] = []
      for name in names { readings.append(try await control.reading(of: FleetScope(name))) }
      if !invoked.isEmpty {
        let resolutions = try await global.reading(in: session) { account in
          var resolutions: [Resolution] = []
          for id in invoked { resolutions.append(try await account.resolution(of: id)) }
          return resolutions
        }
        for resolution in resolutions {
          let scope = try await control.scope(of: resolution)
          // Ids of the same quotas have one scope.
          guard !readings.contains(where: { $0.scope == scope }) else { continue }
          readings.append(try await control.reading(of: scope, resolution))
        }
      }
      guard invoked.isEmpty, names.isEmpty else { return readings }
      for scope in try await control.scopes() {
        readings.append(try await control.reading(of: scope))
      }
      return readings
    }
  }

  /// - Throws: `ValidationError` unless exactly one of them is named.
  static func requireOne(_ id: String?, _ scope: String?, _ global: GlobalOptions) throws {
    guard (id == nil) != (scope == nil), scope != "" else {
      throw ValidationError("Name an id, or a scope with --scope as bedquota fleet status shows it.")
    }
    if let id { _ = try global.id(id) }
  }

  /// The scope that a command changes, which isn't read: it may be damaged.
  static func scope(
    of id: InvokedID?, _ scope: String?, _ control: FleetControl, in session: BedquotaSession, _ global: GlobalOptions
  ) async throws -> FleetScope {
    if let scope { return FleetScope(scope) }
    guard let id else { throw CleanExit.helpRequest() }
    let resolution = try await global.reading(in: session) { account in try await account.resolution(of: id) }
    return try await control.scope(of: resolution)
  }
}
