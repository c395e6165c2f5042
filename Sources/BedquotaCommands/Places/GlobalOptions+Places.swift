import AWSClient
import Bedquota
import BedrockQuotas

extension GlobalOptions {
  /// At most so many accounts are read at a time; the Regions of each are read together.
  private static let accountsAtATime = 8

  /// Runs `body` in each of several places at the same time, with a line of progress.
  /// - Parameters:
  ///   - what: the data that is read, in the words of the progress line.
  ///   - accounts: the names of those that are read, of several; nil: all.
  /// - Returns: a result for each place, in the order of accounts and Regions; a failure in one of them is a result like the others.
  func inEachPlace<Value: Sendable>(
    _ options: PlaceOptions, _ what: String, of accounts: Set<String>? = nil,
    _ body: @escaping @Sendable (AccountReader) async throws -> Value
  ) async throws -> [PlaceResult<Value>] {
    let sources = try options.sources()?.filter { accounts?.contains($0.name) ?? true }
    let counted = sources.map { "\($0.count) \($0.count == 1 ? "account" : "accounts")" }
    let regions = options.names.isEmpty ? nil : options.names == ["all"] ? "all Regions" : "\(options.names.count) Regions"
    let words = [counted, regions].compactMap(\.self).joined(separator: " and ")
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
    let answers = await sources.concurrentMap(atATime: Self.accountsAtATime) { source in
      try await BedquotaSession.with(try configuration(for: source), logger: logger) { session in
        try await inEachRegion(of: session, account: source.name, options, body)
      }
    }
    // An account is one failure if its configuration or its credentials can't be used.
    return zip(sources, answers).flatMap { source, answer -> [PlaceResult<Value>] in
      switch answer {
      case .success(let results): results
      case .failure(let error):
        [PlaceResult(place: Place(account: source.name, region: region ?? ""), result: .failure(error))]
      }
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

  func configuration(for source: AccountSource) throws -> AWSConfiguration {
    switch source.identity {
    case .profile(let name): try AWSConfiguration(options(profile: name), environment: environment)
    case .role(let arn): try AWSConfiguration(options(profile: profile), environment: environment).assuming(roleARN: arn)
    }
  }
}
