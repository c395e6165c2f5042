import AWSClient
package import AWSWire
import BedrockQuotas
import Foundation

/// Finds what most often is wrong between a program and Bedrock: settings, credentials, the clock, the network, permissions.
package struct AccountDiagnosis: Sendable {
  /// For each thing that is looked at.
  package static let timeMax = Duration.seconds(5)
  /// Credentials that expire sooner are worth a warning.
  private static let expiresSoonSeconds = 300.0

  private let client: AWSClient
  private let clock: ClockReader
  private let actions: [IAMAction]
  private let model: String?
  private let giver: String
  private let explain: @Sendable (any Error) -> String

  /// - Parameters:
  ///   - actions: are tried by calls that change nothing and invoke nothing.
  ///   - model: is called with empty requests, which Bedrock refuses; nil: what needs a model isn't tried.
  ///   - giver: who gave the settings that no file and no variable has.
  ///   - explain: an error in words.
  package init(
    _ session: BedquotaSession, actions: [IAMAction], model: String? = nil, giver: String,
    explain: @escaping @Sendable (any Error) -> String
  ) {
    clock = ClockReader(session.client.transport, now: session.client.now)
    var configuration = session.client.configuration
    // The first answer is what counts.
    configuration.maxAttempts = 1
    client = session.client.with(configuration: configuration).with(transport: clock)
    (self.actions, self.model, self.giver, self.explain) = (actions, model, giver, explain)
  }

  /// Looks at credentials first, because all else needs them, and then at the rest side by side: twice ``timeMax`` at most.
  package func checks() async -> [DiagnosisCheck] {
    let region = region
    var checks = [region, endpoints, proxies]
    let (credentials, hasCredentials) = await credentials()
    checks.append(credentials)
    guard hasCredentials else {
      let unknown = ["caller", "clock"] + actions.map(\.name)
      return checks + unknown.map { DiagnosisCheck($0, .unchecked, "it needs credentials") }
    }
    async let caller = caller()
    async let permissions = permissions(hasRegion: region.finding == .ok)
    checks.append(await caller)
    let tried = await permissions
    checks.append(clock.reading?.check ?? DiagnosisCheck("clock", .unchecked, "no reply had a time"))
    return checks + tried
  }

  // MARK: - Settings

  private var region: DiagnosisCheck {
    let configuration = client.configuration
    do {
      let region = try configuration.requireRegion()
      return DiagnosisCheck("region", .ok, "\(region), from \(configuration.regionOrigin.words(giver: giver) ?? giver)")
    } catch {
      return DiagnosisCheck("region", .failed, explain(error))
    }
  }

  /// The Region for what every Region answers.
  private var anyRegion: String { client.configuration.region.isEmpty ? "us-east-1" : client.configuration.region }

  private func endpoint(_ service: AWSService) -> Endpoint {
    client.configuration.endpoints.endpoint(for: service, region: anyRegion)
  }

  private var endpoints: DiagnosisCheck {
    let changed = SessionIdentity.services.filter { !endpoint($0).isAWS }
    guard !changed.isEmpty else { return DiagnosisCheck("endpoints", .ok, "AWS's own") }
    let places = Dictionary(grouping: changed) { client.configuration.endpointURL(for: $0, region: anyRegion) }
    let words = places.sorted { $0.key < $1.key }.map { url, services in
      services.count == SessionIdentity.services.count
        ? "\(url) for all services" : "\(url) for \(services.map(\.settingName).joined(separator: ", "))"
    }
    return DiagnosisCheck("endpoints", .ok, words.joined(separator: "; "))
  }

  private var proxies: DiagnosisCheck {
    do {
      let addresses = try SessionIdentity.services.map(endpoint).compactMap {
        try client.configuration.network.proxyAddress(scheme: $0.scheme, authority: $0.authority)
      }
      let proxies = Set(addresses).sorted().joined(separator: ", ")
      return DiagnosisCheck("proxy", .ok, proxies.isEmpty ? "none" : proxies)
    } catch {
      return DiagnosisCheck("proxy", .failed, explain(error))
    }
  }

  // MARK: - What is asked

  private func credentials() async -> (DiagnosisCheck, isThere: Bool) {
    let configuration = client.configuration
    func check(_ finding: DiagnosisCheck.Finding, _ text: String) -> DiagnosisCheck {
      DiagnosisCheck("credentials", finding, text)
    }
    do {
      guard let credentials = try await Self.timely({ try await configuration.credentials.credentials() }) else {
        return (check(.failed, "there are none"), false)
      }
      let source = configuration.trail?.source.map { "\($0.source.rawValue): \($0.place)" } ?? giver
      guard let end = credentials.expiration else { return (check(.ok, source), true) }
      let left = end.timeIntervalSince(client.now())
      guard left > 0 else { return (check(.failed, "\(source); they have expired"), true) }
      let words = "\(source); they expire in \(Int(saturating: (left / 60).rounded(.down))) minutes"
      return (check(left < Self.expiresSoonSeconds ? .warning : .ok, words), true)
    } catch {
      return (check(.failed, explain(error)), false)
    }
  }

  private func caller() async -> DiagnosisCheck {
    do {
      let client = try client.with(region: anyRegion)
      let caller = try await Self.timely { try await client.call(STSAPI.getCallerIdentity()) }
      return DiagnosisCheck("caller", .ok, "\(caller.arn) of account \(caller.account)")
    } catch {
      return DiagnosisCheck("caller", .failed, explain(error))
    }
  }

  private func permissions(hasRegion: Bool) async -> [DiagnosisCheck] {
    guard hasRegion else { return actions.map { DiagnosisCheck($0.name, .unchecked, "it needs a Region") } }
    // A permission never fails; its check does.
    return await actions.concurrentMap { await permission($0) }.compactMap { try? $0.get() }
  }

  private func permission(_ action: IAMAction) async -> DiagnosisCheck {
    switch PermissionTrial.of(action, model: model, now: Int(client.now().timeIntervalSince1970)) {
    case .none(let why): return DiagnosisCheck(action.name, .unchecked, why)
    case .call(let call):
      do {
        try await Self.timely { try await call(client) }
        return DiagnosisCheck(action.name, .ok, "allowed")
      } catch let error as AWSClientError where error.service != nil && !error.isDenied {
        return answered(action, error)
      } catch {
        return DiagnosisCheck(action.name, .failed, explain(error))
      }
    }
  }

  /// AWS answered with another error than a denial.
  private func answered(_ action: IAMAction, _ error: AWSClientError) -> DiagnosisCheck {
    let code = error.shortDescription
    // AWS doesn't promise to check permissions before it reads a request, so this says no more than what it answered.
    if PermissionTrial.mayBeInvalid(action), PermissionTrial.invalidCodes.contains(code) {
      return DiagnosisCheck(action.name, .ok, "not denied: AWS answered \(code)")
    }
    if RetryPolicy.classify(error) == .throttling {
      return DiagnosisCheck(action.name, .unchecked, "AWS throttled the call (\(code)); try again")
    }
    return DiagnosisCheck(action.name, .failed, explain(error))
  }

  /// - Throws: what `body` throws; `AWSClientError` (`timeout`) if it takes too long.
  private static func timely<Output: Sendable>(_ body: @escaping @Sendable () async throws -> Output) async throws -> Output {
    guard let output = try await withTimeLimit(timeMax, body) else {
      throw AWSClientError(.timeout, "There was no answer in \(Int(timeMax / .seconds(1))) seconds.")
    }
    return output
  }
}
