import AWSClient
import AWSWire
import Bedquota
import BedrockEmulator
import BedrockQuotas
import Foundation
import Logging
import Reports

extension GlobalOptions {
  /// The settings of the options.
  func options(profile: String?) -> AWSConfiguration.Options {
    var options = AWSConfiguration.Options(
      profile: profile, region: region, endpointURL: endpointURL, timeout: timeout.map { .seconds($0) },
      connectTimeout: connectTimeout.map { .seconds($0) }, caBundle: caBundle)
    (options.mfaCode, options.sharesRoleCache) = (MFAPrompt.ask, true)
    return options
  }

  /// Runs a command's work in a session with AWS, or with an emulator that lives as long as the work.
  /// - Parameter role: the ARN of a role to assume; nil: none.
  func withSession<Answer: Sendable>(
    role: String? = nil, _ body: @escaping @Sendable (BedquotaSession) async throws -> Answer
  ) async throws -> Answer {
    let options = options(profile: profile)
    guard emulator else {
      let configuration = try AWSConfiguration(options, environment: environment)
      return try await BedquotaSession.with(try role.map(configuration.assuming(roleARN:)) ?? configuration, logger: logger, body)
    }
    let accounts = try Self.accounts(account)
    if let region, !accounts.contains(where: { $0.region == region }) { throw notServed(region, by: accounts) }
    var behaviour = Emulator.Behaviour()
    behaviour.historyDays = account == nil ? 14 : 0
    return try await EmulatedSession.with(
      accounts, behaviour: behaviour, region: region ?? accounts[0].region, timeout: options.timeout, logger: logger
    ) { session, _ in try await body(session) }
  }

  /// The same, while traces and metrics go to the collector that the environment names, if it names one.
  func withExportedSession<Answer: Sendable>(_ body: @escaping @Sendable (BedquotaSession) async throws -> Answer) async throws
    -> Answer
  {
    try await OpenTelemetry.exporting(environment: environment, logger: logger) { try await withSession(body) }
  }

  /// Runs `body` in a session, with a line of progress.
  /// - Parameters:
  ///   - what: the data that is read first, in the words of the progress line.
  ///   - role: the ARN of a role to assume; nil: none.
  func reading<Answer: Sendable>(
    _ what: String = "quotas", role: String? = nil, _ body: @escaping @Sendable (AccountReader) async throws -> Answer
  ) async throws -> Answer {
    try await withSession(role: role) { session in try await reading(what, in: session, body) }
  }

  /// Runs `body` with a line of progress, in a session that stays open.
  func reading<Answer: Sendable>(
    _ what: String = "quotas", in session: BedquotaSession, _ body: (AccountReader) async throws -> Answer
  ) async throws -> Answer {
    let (console, facts) = (console, try facts())
    return try await ProgressLine.with(console, "Reading \(what) in \(session.region) …") { progress in
      try await body(AccountReader(session: session, facts: facts, console: console, progress: progress))
    }
  }

  /// - Throws: `ValidationError`, which ends the command with 64.
  func ids(_ texts: [String]) throws -> [InvokedID] {
    let facts = try facts()
    return try texts.map { try InvokedID.parse($0, facts: facts) }
  }

  /// - Throws: `ValidationError`, which ends the command with 64.
  func id(_ text: String) throws -> InvokedID { try InvokedID.parse(text, facts: facts()) }

  /// Prints an answer in the format of `--output`, through the user's pager if there is one.
  func show(_ view: some View) throws {
    let console = console
    let width = wide ? nil : TerminalWidth.of(STDOUT_FILENO)
    let text = try view.render(as: output, usesColor: console.usesColor, width: width)
    if let pager = Pager(isTerminal: console.isTerminal, environment: environment) {
      if pager.show(text.hasSuffix("\n") ? text : text + "\n") { return }
      console.note("bedquota: The pager \"\(pager.command)\" can't be run; set AWS_PAGER or PAGER to another one, or to nothing.")
    }
    console.print(text)
  }

  /// The Regions that `--emulator` serves; nil without it.
  func servedRegions() throws -> [String]? { emulator ? try Self.accounts(account).map(\.region).sorted() : nil }

  private func notServed(_ region: String, by accounts: [EmulatedAccount]) -> AWSClientError {
    let served = accounts.map(\.region).sorted().joined(separator: ", ")
    let other = account == nil ? ", or serve a recorded account of that Region" : ""
    return AWSClientError(
      .region, "The emulator serves \(served), not \(region). Leave the Region out or name one that it serves\(other).",
      parameters: ["region"] + (account == nil ? ["account"] : []))
  }

  /// The account that `--account` names, else the built-in one.
  static func accounts(_ directory: String?) throws -> [EmulatedAccount] {
    guard let directory else { return [try SampleAccount.load()] }
    return try AccountFolder.load(URL(filePath: directory, directoryHint: .isDirectory))
  }
}
