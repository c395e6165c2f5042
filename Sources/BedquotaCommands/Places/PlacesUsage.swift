import ArgumentParser
import Bedquota
import Reports

/// The use that a command has read, in one place or in several.
struct PlacesUsage: Sendable {
  /// Each one knows its place if there are several.
  var reports: [UsageReport]
  var failures: [PlaceFailure] = []
  /// The Regions and accounts in words: `us-east-1`, `2 accounts, 3 Regions`.
  var words: String

  /// Whether nothing could be read at all.
  var isFailure: Bool { reports.isEmpty && !failures.isEmpty }

  /// - Parameter read: reads one place.
  init(
    _ global: GlobalOptions, _ options: PlaceOptions,
    _ read: @escaping @Sendable (AccountReader) async throws -> [UsageReport]
  ) async throws {
    guard options.areSeveral else {
      (reports, words) = try await global.reading(role: options.role) { account in (try await read(account), account.region) }
      return
    }
    let answers = try await global.inEachPlace(options, "usage", read)
    reports = answers.reports
    failures = answers.failures(served: try global.servedRegions())
    let places = answers.map(\.place)
    func counted(_ names: [String], _ plural: String) -> String? {
      let names = Set(names)
      return names.count > 1 ? "\(names.count) \(plural)" : names.first
    }
    words = [counted(places.compactMap(\.account), "accounts"), counted(places.map(\.region), "Regions")].compactMap(\.self)
      .joined(separator: ", ")
  }

  /// Says which places could not be read.
  /// - Throws: `ExitCode` (1) if none could.
  func end() throws {
    failures.tell()
    if isFailure { throw ExitCode(1) }
  }
}
