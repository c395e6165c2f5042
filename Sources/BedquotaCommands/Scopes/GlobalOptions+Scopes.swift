import AWSClient
import Bedquota
import BedrockQuotas

extension GlobalOptions {
  /// At most so many clients are made at a time: each may ask for recent use.
  private static let clientsAtATime = 8

  /// Makes what a command sends with: a client, or a router where several scopes are named.
  ///
  /// A scope that can't be read or invoked is left out, with a line that says so.
  /// - Parameter tellsListing: whether to note a single id that the account doesn't list.
  /// - Throws: the first error if no scope is left.
  func modelClient(
    for ids: [InvokedID], _ scopes: ScopeOptions, in session: BedquotaSession, options: QuotaAwareClient.Options,
    tellsListing: Bool = true
  ) async throws -> any ModelClient {
    guard ids.count > 1 || scopes.areSeveral else {
      return try await reading(in: session) { account in
        try await account.client(for: ids[0], options: options, tellsListing: tellsListing)
      }
    }
    let reader = try await ScopeReader(self, scopes, session)
    return try await ProgressLine.with(console, "Reading quotas in \(reader.words) …") { _ in
      let choice = try ScopeChoice(ids, at: try await reader.places(for: ids), on: options.endpoint)
      for note in choice.notes { console.note("bedquota: \(note)") }
      guard !choice.drafts.isEmpty else {
        throw BedquotaError(
          .model, "No account and Region that was named can take the requests; `bedquota routes` shows where the model is.")
      }
      return try await client(of: choice, reader.sessions, options)
    }
  }

  private func client(
    of choice: ScopeChoice, _ sessions: [Place: BedquotaSession], _ options: QuotaAwareClient.Options
  ) async throws -> any ModelClient {
    let clients = try await choice.drafts.concurrentMap(atATime: Self.clientsAtATime) { draft in
      guard let session = sessions[draft.place.place] else { preconditionFailure("A scope is where no session is.") }
      return try await draft.client(options, in: session)
    }.map { try $0.get() }
    if clients.count == 1 { return clients[0] }
    return try QuotaRouter(zip(choice.labels, clients).map { QuotaRouter.Candidate($0, $1) })
  }
}
