import ArgumentParser
import Bedquota
import BedrockQuotas
import Foundation
import Reports

/// Reads several places again and again, each in a session that stays open.
struct PlaceWatch: Sendable {
  let watch: UsageWatch
  private let global: GlobalOptions
  private let options: PlaceOptions

  init(_ watch: UsageWatch, _ global: GlobalOptions, _ options: PlaceOptions) {
    (self.watch, self.global, self.options) = (watch, global, options)
  }

  /// Reads until the task is cancelled. A place that can't be read is tried again an interval later.
  /// - Parameter onlyOnce: returns when each place was read, or tried, once.
  /// - Throws: what keeps every place from being read, such as options that can't be used.
  func run(onlyOnce: Bool = false) async throws {
    guard let sources = try options.sources() else {
      return try await global.withSession { session in try await read(session, account: nil, onlyOnce) }
    }
    await withTaskGroup(of: Void.self) { group in
      for source in sources {
        group.addTask { await self.read(source, onlyOnce) }
      }
    }
  }

  /// Reads until `work` ends, and logs what happens meanwhile.
  /// - Throws: what `work` throws, or what keeps every place from being read.
  func run(beside log: WatchLog, _ work: @escaping @Sendable () async throws -> Void) async throws {
    // To be ended is how it ends; until a server handles these signals, too.
    signal(SIGINT) { _ in _exit(0) }
    signal(SIGTERM) { _ in _exit(0) }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await run() }
      group.addTask { await log.run() }
      group.addTask { try await work() }
      defer { group.cancelAll() }
      try await group.next()
    }
  }

  /// Reads each place once, and says which could not be read.
  /// - Throws: `ExitCode` (1) if none could be read, after `show`.
  func readOnce(then show: () async throws -> Void) async throws {
    try await ProgressLine.with(global.console, "Reading CloudWatch …") { _ in try await run(onlyOnce: true) }
    let places = watch.current.places
    for place in places {
      if let problem = place.problem { Console.printError("bedquota: \(place.place.words): \(problem)") }
      for note in place.notes { global.console.note("bedquota: \(place.place.words): CloudWatch: \(note)") }
      for note in place.unlisted { global.console.note("bedquota: \(place.place.words): \(note)") }
    }
    try await show()
    if !places.contains(where: { $0.readAt != nil }) { throw ExitCode(1) }
  }

  private func read(_ source: AccountSource, _ onlyOnce: Bool) async {
    while !Task.isCancelled {
      do {
        try await BedquotaSession.with(try global.configuration(for: source), logger: global.logger) { session in
          try await read(session, account: source.name, onlyOnce)
        }
      } catch is CancellationError {
        return
      } catch {
        watch.failed(Place(account: source.name, region: global.region ?? ""), Self.sentence(error))
      }
      if onlyOnce { return }
      try? await Task.sleep(for: watch.settings.interval)
    }
  }

  private func read(_ session: BedquotaSession, account: String?, _ onlyOnce: Bool) async throws {
    try await session.requireCredentials()
    var names = options.names.isEmpty ? [session.region] : options.names
    if names == ["all"] { names = try global.servedRegions() ?? session.regionsWithBedrock(facts: watch.settings.facts) }
    await withTaskGroup(of: Void.self) { group in
      for name in names {
        group.addTask { await self.read(session, Place(account: account, region: name), onlyOnce) }
      }
    }
  }

  /// A Region that can't be read must not wait for those that can: they never end.
  private func read(_ session: BedquotaSession, _ place: Place, _ onlyOnce: Bool) async {
    do {
      try await watch.run(session.with(region: place.region), place: place, onlyOnce: onlyOnce, tell: Self.sentence)
    } catch {
      watch.failed(place, Self.sentence(error))
    }
  }

  private static func sentence(_ error: any Error) -> String { Failure(error)?.message ?? "\(error)" }
}
