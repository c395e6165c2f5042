import AWSClient
import Bedquota
import BedrockQuotas
import Reports

/// Finds the accounts and Regions that a command names, and reads their quotas. What can't be read is left out, with a line.
struct ScopeReader: Sendable {
  private struct Source: Sendable {
    var reader: AccountReader
    var place: Place
    var accountID: String?
  }

  /// At most so many places are read at a time.
  private static let placesAtATime = 8

  private let console: Console
  /// The Regions that the emulator has; nil without one.
  private let served: [String]?
  private var sources: [Source] = []
  private var failures: [(place: Place, error: any Error)] = []

  /// - Parameter session: with the caller's own credentials, which assume the roles.
  /// - Throws: ``BedquotaError`` for the file of accounts; `AWSClientError` (`region`) for text that can't be a Region's name.
  init(_ global: GlobalOptions, _ scopes: ScopeOptions, _ session: BedquotaSession) async throws {
    (console, served) = (global.console, try global.servedRegions())
    let facts = try global.facts()
    guard let accounts = try scopes.settings() else {
      try await add(session, Place(account: nil, region: ""), scopes.names.isEmpty ? [session.region] : scopes.names, facts)
      return
    }
    for settings in accounts {
      let regions = take(scopes.names, of: settings, own: session.region)
      guard let first = regions.first else { continue }
      let own = try AccountSession(settings, own: session, region: first).reader
      try await add(own, Place(account: settings.name, region: ""), regions, facts, accountID: settings.accountID)
    }
  }

  /// The Regions of an account of the file that requests go to. Each that is named and that the account doesn't have is a failure.
  /// - Parameters:
  ///   - names: those that the command names; empty: those of the file.
  ///   - own: the program's Region, for an account that has every Region.
  private mutating func take(_ names: [String], of settings: AccountSettings, own: String) -> [String] {
    guard !settings.regions.isEmpty else { return names.isEmpty ? [own] : names }
    guard !names.isEmpty else { return settings.regions }
    for name in names where !settings.regions.contains(name) {
      let has = settings.regions.joined(separator: ", ")
      let error = BedquotaError(.region, "The file gives the account \(settings.name) only \(has).", parameters: ["accounts"])
      failures.append((Place(account: settings.name, region: name), error))
    }
    return names.filter { settings.regions.contains($0) }
  }

  private mutating func add(
    _ session: BedquotaSession, _ account: Place, _ regions: [String], _ facts: Facts, accountID: String? = nil
  ) async throws {
    do {
      // Credentials that can't be had are one failure of the account, and not one of each Region.
      try await session.requireCredentials()
    } catch {
      failures.append((account, error))
      return
    }
    for region in regions {
      let place = Place(account: account.account, region: region)
      let own = try region == session.region ? session : session.with(region: region)
      let reader = AccountReader(session: own, facts: facts, console: console, progress: nil, place: place)
      sources.append(Source(reader: reader, place: place, accountID: accountID))
    }
  }

  /// `2 accounts and 3 Regions`
  var words: String {
    let accounts = Set(sources.compactMap(\.place.account)).count
    let regions = Set(sources.map(\.place.region))
    let place = regions.count == 1 ? regions.first ?? "" : "\(regions.count) Regions"
    return accounts > 1 ? "\(accounts) accounts and \(place)" : place
  }

  var sessions: [Place: BedquotaSession] {
    Dictionary(sources.map { ($0.place, $0.reader.session) }) { first, _ in first }
  }

  /// Reads the quotas of all places, several at a time.
  /// - Throws: ``BedquotaError`` (`request`) if more scopes are named than a router takes; the first error if no place can be read.
  func places(for ids: [InvokedID]) async throws -> [ScopePlace] {
    try ScopeChoice.checkCount(ids, at: sources.map(\.place))
    let reads = await sources.concurrentMap(atATime: Self.placesAtATime) { source in
      let context = try await source.reader.context(for: ids, tellsListing: false)
      return ScopePlace(place: source.place, accountID: source.accountID ?? context.accountID, context: context)
    }
    try Task.checkCancellation()
    var failures = failures
    var places: [ScopePlace] = []
    for (source, read) in zip(sources, reads) {
      switch read {
      case .success(let place): places.append(place)
      case .failure(let error): failures.append((source.place, error))
      }
    }
    if places.isEmpty, failures.count == 1 { throw Self.placed(failures[0].error, failures[0].place) }
    for (place, error) in failures {
      console.note("bedquota: left out: \(PlaceFailure(place, error, served: served).words)")
    }
    if places.isEmpty, let first = failures.first { throw Self.placed(first.error, first.place) }
    return places
  }

  /// The error, with the name of its place.
  private static func placed(_ error: any Error, _ place: Place) -> any Error {
    guard var error = error as? AWSClientError, !place.words.isEmpty else { return error }
    error.message = "\(place.words): \(error.message)"
    return error
  }
}
