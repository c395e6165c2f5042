import AWSClient
import Bedquota
import BedrockQuotas

extension GlobalOptions {
  /// At most so many accounts are read at a time; the Regions of each are read together.
  private static let accountsAtATime = 8

  /// Runs `body` in each of several places at the same time, with a line of progress.
  /// - Parameter what: the data that is read, in the words of the progress line.
  /// - Returns: a result for each place, in the order of accounts and Regions; a failure in one of them is a result like the others.
  func inEachPlace<Value: Sendable>(
    _ options: PlaceOptions, _ what: String, _ body: @escaping @Sendable (AccountReader) async throws -> Value
  ) async throws -> [PlaceResult<Value>] {
    let sources = try options.sources()
    let accounts = sources.map { "\($0.count) \($0.count == 1 ? "account" : "accounts")" }
    let regions = options.names.isEmpty ? nil : options.names == ["all"] ? "all Regions" : "\(options.names.count) Regions"
    let words = [accounts, regions].compactMap(\.self).joined(separator: " and ")
    return try await ProgressLine.with(console, "Reading \(what) in \(words) …") { _ in
      guard let sources else {
        return try await withSession { try await inEachRegion(of: $0, account: nil, options, body) }
      }
      return await inEachAccount(sources, options, body)
    }
  }

  private func inEachAccount<Value: Sendable>(
    _ sources: [AccountSource], _ options: PlaceOptions, _ body: @escaping @Sendable (AccountReader) async throws -> Value
  ) async -> [PlaceResult<Value>] {
    await withTaskGroup(of: (index: Int, results: [PlaceResult<Value>]).self) { group in
      var answers: [(index: Int, results: [PlaceResult<Value>])] = []
      for (index, source) in sources.enumerated() {
        if index >= Self.accountsAtATime, let answer = await group.next() { answers.append(answer) }
        group.addTask { (index, await inEachRegion(of: source, options, body)) }
      }
      for await answer in group { answers.append(answer) }
      return answers.sorted { $0.index < $1.index }.flatMap(\.results)
    }
  }

  /// The Regions of one account; one failure if its configuration or its credentials can't be used.
  private func inEachRegion<Value: Sendable>(
    of source: AccountSource, _ options: PlaceOptions, _ body: @escaping @Sendable (AccountReader) async throws -> Value
  ) async -> [PlaceResult<Value>] {
    do {
      return try await BedquotaSession.with(try configuration(for: source), logger: logger) { session in
        try await inEachRegion(of: session, account: source.name, options, body)
      }
    } catch {
      return [PlaceResult(place: Place(account: source.name, region: region ?? ""), result: .failure(error))]
    }
  }

  private func inEachRegion<Value: Sendable>(
    of session: BedquotaSession, account: String?, _ options: PlaceOptions,
    _ body: @escaping @Sendable (AccountReader) async throws -> Value
  ) async throws -> [PlaceResult<Value>] {
    let (facts, console) = (try facts(), console)
    // Credentials that can't be had are one failure of the account, and not one of each Region.
    try await session.requireCredentials()
    var names = options.names.isEmpty ? [session.region] : options.names
    if names == ["all"] { names = try servedRegions() ?? session.regionsWithBedrock(facts: facts) }
    let results = await session.inEachRegion(names) { session in
      let place = Place(account: account, region: session.region)
      return try await body(AccountReader(session: session, facts: facts, console: console, progress: nil, place: place))
    }
    return results.map { PlaceResult(place: Place(account: account, region: $0.region), result: $0.result) }
  }

  private func configuration(for source: AccountSource) throws -> AWSConfiguration {
    switch source.identity {
    case .profile(let name): try AWSConfiguration(options(profile: name), environment: environment)
    case .role(let arn): try AWSConfiguration(options(profile: profile), environment: environment).assuming(roleARN: arn)
    }
  }
}
